"""The addresses of channels."""

from __future__ import annotations

import secrets
from typing import Any

from tests.zhiyin.strangers import SECRET, Address, register
from zhiyin.accounts.models import Organisation, Permission
from zhiyin.channels.models import (
    ChannelAccount,
    Message,
    MessageTemplate,
    WebhookEndpoint,
)
from zhiyin.channels.queries import unsubscribe_url
from zhiyin.channels.services import (
    Draft,
    Occasion,
    queue_message,
    queue_occasions,
    save_account,
    save_template,
)
from zhiyin.channels.webhook import new_secret
from zhiyin.common import clock


def account(home: Organisation, kind: str = "log") -> ChannelAccount:
    return save_account(
        account=ChannelAccount(
            organisation=home,
            kind=kind,
            name=f"{SECRET} {secrets.token_hex(4)}",
        ),
    )


def message(home: Organisation) -> Message:
    return queue_message(
        account=account(home),
        draft=Draft(key=secrets.token_hex(8), to="13800138000", body=SECRET),
    )


def an_account(home: Organisation) -> dict[str, Any]:
    return {"pk": account(home).pk}


def a_mail_account(home: Organisation) -> dict[str, Any]:
    return {"account_id": account(home, "email").pk}


def a_message(home: Organisation) -> dict[str, Any]:
    return {"pk": message(home).pk}


def a_template(home: Organisation) -> dict[str, Any]:
    made = MessageTemplate(
        organisation=home,
        code=f"t-{secrets.token_hex(4)}",
        name=f"{SECRET} template",
        medium="sms",
        texts={"en": {"subject": "", "body": SECRET}},
    )
    return {"pk": save_template(template=made).pk}


def a_callback(home: Organisation) -> dict[str, Any]:
    return {"public_id": account(home, "sms_http").public_id}


def a_token(home: Organisation) -> dict[str, Any]:
    return {"token": unsubscribe_url(message(home)).rstrip("/").rpartition("/")[2]}


def endpoint(home: Organisation) -> WebhookEndpoint:
    made = WebhookEndpoint(
        organisation=home,
        name=f"{SECRET} webhook",
        url="https://crm.example/",
        events=["customer.opted_out"],
        created_at=clock.now(),
    )
    made.keep_secret(new_secret())
    made.save()
    return made


def an_endpoint(home: Organisation) -> dict[str, Any]:
    return {"pk": endpoint(home).pk}


def a_delivery(home: Organisation) -> dict[str, Any]:
    made = endpoint(home)
    told = Occasion("k", "customer.opted_out", "", {"data": SECRET})
    queue_occasions(endpoint=made, occasions=[told])
    return {"pk": made.pk, "delivery": made.deliveries.get().pk}


CHANNELS = Permission.MANAGE_CHANNELS

register(
    Address("channels", CHANNELS),
    Address("channel-new", CHANNELS),
    Address("channel", CHANNELS, an_account),
    Address("channel-enable", CHANNELS, an_account),
    Address("channel-delete", CHANNELS, an_account),
    Address("channel-test", CHANNELS, an_account),
    Address("channel-templates", CHANNELS),
    Address("channel-template-new", CHANNELS),
    Address("channel-template-preview", CHANNELS),
    Address("channel-template", CHANNELS, a_template),
    Address("channel-template-archive", CHANNELS, a_template),
    Address("channel-messages", CHANNELS),
    Address("channel-message", CHANNELS, a_message),
    Address("channel-message-reveal", Permission.REVEAL_PERSONAL_DATA, a_message),
    Address("channel-message-cancel", CHANNELS, a_message),
    Address("channel-message-confirm", CHANNELS, a_message),
    Address("channel-message-again", CHANNELS, a_message),
    Address("channel-health", CHANNELS),
    Address("webhooks", CHANNELS),
    Address("webhook-new", CHANNELS),
    Address("webhook", CHANNELS, an_endpoint),
    Address("webhook-edit", CHANNELS, an_endpoint),
    Address("webhook-enable", CHANNELS, an_endpoint),
    Address("webhook-renew", CHANNELS, an_endpoint),
    Address("webhook-test", CHANNELS, an_endpoint),
    Address("webhook-delete", CHANNELS, an_endpoint),
    Address("webhook-delivery", CHANNELS, a_delivery),
    Address("webhook-replay", CHANNELS, a_delivery),
    Address("unsubscribe", public="the receiver of a mail", kwargs=a_token),
    Address("api-v1:channel_messages", CHANNELS),
    Address("api-v1:channel_callback", public="providers sign", kwargs=a_callback),
    Address(
        "api-v1:channel_callback_check", public="providers sign", kwargs=a_callback
    ),
    Address("api-v1:channel_returned_mail", CHANNELS, a_mail_account),
)
