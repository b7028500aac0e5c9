"""Calls to other programs and from them, signed as Standard Webhooks asks."""

from __future__ import annotations

from zhiyin.channels.webhook.calling import Outcome, call, networks
from zhiyin.channels.webhook.signing import (
    is_signed,
    new_secret,
    signature,
    signed_headers,
)

__all__ = [
    "Outcome",
    "call",
    "is_signed",
    "networks",
    "new_secret",
    "signature",
    "signed_headers",
]
