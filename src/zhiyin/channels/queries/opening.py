"""From a row to the open channel, and from a message to what goes out."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.signing import Signer

from zhiyin.channels.base import Channel, Config, Outgoing
from zhiyin.channels.models import ChannelAccount, Medium, Message, MessageClass
from zhiyin.channels.queries.unsubscribing import unsubscribe_url


def callback_key(account: ChannelAccount) -> str:
    """Return the key that stands in the account's callback address."""
    signer = Signer(key=settings.FIELD_KEY, salt="zhiyin.channels.callback")
    return signer.signature(account.public_id.hex)


def folder_of(account: ChannelAccount) -> Path:
    """Return the account's own folder below the installation's home."""
    home: Path = settings.HOME
    return home / "channels" / account.public_id.hex


def open_channel(account: ChannelAccount) -> Channel:
    """Return the account's channel; nothing is connected before the first message."""
    kind = account.definition
    known = {each.name: each.default for each in kind.settings if not each.is_secret}
    return kind.open(
        Config(
            sender=account.sender,
            sender_name=account.sender_name,
            settings=known | account.settings,
            secrets=account.secrets(),
            folder=folder_of(account),
            may_reach_private=settings.CHANNELS_MAY_REACH_PRIVATE,
            callback_key=callback_key(account),
        ),
    )


def outgoing_of(message: Message, account: ChannelAccount) -> Outgoing:
    """Return a message as the protocol is given it."""
    content = message.content
    unsubscribe = content.get("unsubscribe_url", "")
    is_mail = account.definition.medium == Medium.EMAIL
    if is_mail and not unsubscribe and message.message_class != MessageClass.SERVICE:
        unsubscribe = unsubscribe_url(message)
    return Outgoing(
        reference=message.reference.hex,
        to=message.address,
        body=content["body"],
        subject=message.subject,
        html=content.get("html", ""),
        signature=account.signature,
        template_code=content.get("provider_code", ""),
        parameters=content.get("parameters", {}),
        unsubscribe_url=unsubscribe,
    )
