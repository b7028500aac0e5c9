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
from zhiyin.channels.models.webhooks import (
    ANSWER_EVENTS,
    DeliveryState,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
    WebhookProfile,
)

__all__ = [
    "ANSWER_EVENTS",
    "FINAL_STATES",
    "ChannelAccount",
    "DeliveryState",
    "InboundKind",
    "InboundMessage",
    "Medium",
    "Message",
    "MessageClass",
    "MessageState",
    "MessageTemplate",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookEvent",
    "WebhookProfile",
]
