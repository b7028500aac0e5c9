"""No more: said by one click in a mail."""

from __future__ import annotations

from zhiyin.accounts.services import record
from zhiyin.channels.base import Inbound
from zhiyin.channels.models import InboundKind, InboundMessage, Message
from zhiyin.channels.services.receiving import receive


def unsubscribe(*, message: Message) -> None:
    """Record that the receiver of this message wants no more; twice is once."""
    event = Inbound(
        kind=InboundKind.OPT_OUT,
        reference=message.reference.hex,
        text="one-click",
        external_id=f"unsubscribe:{message.reference.hex}",
    )
    if receive(account=message.account, inbound=[event]):
        record(action="message.opted_out", target=message)


def has_unsubscribed(message: Message) -> bool:
    """Tell whether this receiver has said so, by this message or another."""
    return InboundMessage.objects.filter(
        organisation_id=message.organisation_id,
        kind=InboundKind.OPT_OUT,
        sender_hash=message.address_hash,
    ).exists()
