"""Writes of channels: senders, templates, the queue, and what comes back."""

from __future__ import annotations

from zhiyin.channels.services.calling import call_due
from zhiyin.channels.services.forgetting import (
    MessageTraces,
    count_old_messages,
    count_old_replies,
    forget_messages,
    forget_old_messages,
    forget_old_replies,
    messages_about,
    replies_from,
)
from zhiyin.channels.services.queueing import (
    Draft,
    cancel_message,
    queue_message,
    queue_messages,
)
from zhiyin.channels.services.receiving import (
    poll_accounts,
    receive,
    receive_callback,
    receive_mail,
)
from zhiyin.channels.services.refusing import register_refusal
from zhiyin.channels.services.resolving import (
    Revealed,
    RevealRefusedError,
    confirm_arrival,
    reveal_message,
    send_again,
)
from zhiyin.channels.services.senders import (
    delete_account,
    save_account,
    set_account_enabled,
)
from zhiyin.channels.services.sending import (
    expire_messages,
    give_up_claims,
    send_due,
)
from zhiyin.channels.services.templates import (
    draft_from,
    save_template,
    set_template_archived,
)
from zhiyin.channels.services.testing import send_test
from zhiyin.channels.services.unsubscribing import has_unsubscribed, unsubscribe
from zhiyin.channels.services.webhooks import (
    Occasion,
    forget_old_deliveries,
    forget_people,
    forget_subjects,
    queue_occasions,
    save_endpoint,
)

__all__ = [
    "Draft",
    "MessageTraces",
    "Occasion",
    "RevealRefusedError",
    "Revealed",
    "call_due",
    "cancel_message",
    "confirm_arrival",
    "count_old_messages",
    "count_old_replies",
    "delete_account",
    "draft_from",
    "expire_messages",
    "forget_messages",
    "forget_old_deliveries",
    "forget_old_messages",
    "forget_old_replies",
    "forget_people",
    "forget_subjects",
    "give_up_claims",
    "has_unsubscribed",
    "messages_about",
    "poll_accounts",
    "queue_message",
    "queue_messages",
    "queue_occasions",
    "receive",
    "receive_callback",
    "receive_mail",
    "register_refusal",
    "replies_from",
    "reveal_message",
    "save_account",
    "save_endpoint",
    "save_template",
    "send_again",
    "send_due",
    "send_test",
    "set_account_enabled",
    "set_template_archived",
    "unsubscribe",
]
