"""Tables of channels."""

from __future__ import annotations

from zhiyin.channels.models.inbound import InboundKind, InboundMessage
from zhiyin.channels.models.messages import (
    FINAL_STATES,
    Message,
    MessageClass,
    MessageState,
)
from zhiyin.channels.models.senders import ChannelAccount
from zhiyin.channels.models.templates import Medium, MessageTemplate

__all__ = [
    "FINAL_STATES",
    "ChannelAccount",
    "InboundKind",
    "InboundMessage",
    "Medium",
    "Message",
    "MessageClass",
    "MessageState",
    "MessageTemplate",
]
