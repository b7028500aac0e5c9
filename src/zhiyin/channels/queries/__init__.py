"""Reads of channels: opening a way out, lists, previews, health."""

from __future__ import annotations

from zhiyin.channels.queries.health import Health, health_of
from zhiyin.channels.queries.listing import (
    MessageFilter,
    accounts_of,
    messages_of,
    templates_of,
)
from zhiyin.channels.queries.opening import (
    callback_key,
    folder_of,
    open_channel,
    outgoing_of,
)
from zhiyin.channels.queries.texts import (
    Preview,
    SlotMissingError,
    fill,
    is_opt_out,
    preview,
)
from zhiyin.channels.queries.unsubscribing import message_of_token, unsubscribe_url

__all__ = [
    "Health",
    "MessageFilter",
    "Preview",
    "SlotMissingError",
    "accounts_of",
    "callback_key",
    "fill",
    "folder_of",
    "health_of",
    "is_opt_out",
    "message_of_token",
    "messages_of",
    "open_channel",
    "outgoing_of",
    "preview",
    "templates_of",
    "unsubscribe_url",
]
