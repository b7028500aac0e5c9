"""Calls to other programs, signed as Standard Webhooks asks."""

from __future__ import annotations

from zhiyin.channels.webhook.calling import Outcome, call, networks
from zhiyin.channels.webhook.signing import new_secret, signature, signed_headers

__all__ = [
    "Outcome",
    "call",
    "networks",
    "new_secret",
    "signature",
    "signed_headers",
]
