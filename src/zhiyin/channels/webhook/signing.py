"""Secrets and signatures of Standard Webhooks, version 1 (symmetric).

What is signed is `id.timestamp.body`; several secrets give several signatures, so
that a receiver can change to the new one in its own time.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence

PREFIX = "whsec_"
SECRET_BYTES = 32


def new_secret() -> str:
    """Return a fresh secret as receivers' libraries expect it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Return `v1,` and the base64 of the HMAC-SHA256."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.digest(key, signed, hashlib.sha256)
    return f"v1,{base64.b64encode(digest).decode()}"


def signed_headers(
    secrets_in_use: Sequence[str],
    message_id: str,
    timestamp: int,
    body: bytes,
) -> dict[str, str]:
    """Return the three headers of a call."""
    made = (signature(each, message_id, timestamp, body) for each in secrets_in_use)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(made),
    }
