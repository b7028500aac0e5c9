"""A test message, to see with one's own eyes that a sender works."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.services import record
from zhiyin.channels.models import (
    ChannelAccount,
    Message,
    MessageClass,
    MessageTemplate,
)
from zhiyin.channels.services.queueing import Draft, queue_message
from zhiyin.channels.services.templates import draft_from


@transaction.atomic
def send_test(
    *,
    account: ChannelAccount,
    to: str,
    template: MessageTemplate | None = None,
    language: str = "",
) -> Message:
    """Queue a test message; raises ValidationError like any other.

    With a template, its slots are filled with their own names in brackets.
    """
    key = f"test-{uuid.uuid4().hex}"
    if template is not None:
        values = {name: f"[{name}]" for name in template.slots}
        draft = draft_from(template, language=language, values=values, key=key, to=to)
    else:
        draft = Draft(
            key=key,
            to=to,
            subject=_("Test message"),
            body=_("This is a test of the sender %(name)s.") % {"name": account},
            message_class=MessageClass.SERVICE,
        )
    message = queue_message(account=account, draft=draft)
    record(action="channel.tested", target=account, receiver=message.address_masked)
    return message
