"""Secrets and signatures of Standard Webhooks, version 1 (symmetric).

What is signed is `id.timestamp.body`; several secrets give several signatures, so
that a receiver can change to the new one in its own time.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence

PREFIX = "whsec_"
SECRET_BYTES = 32
# A call that was listened to cannot be sent again later than this.
TOLERANCE_SECONDS = 300


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


def is_signed(
    secrets_in_use: Sequence[str],
    headers: Mapping[str, str],
    body: bytes,
    now: float,
) -> bool:
    """Tell whether a call was signed with one of the secrets, and lately.

    The time may be off by five minutes either way. Signatures are compared in a time
    that does not depend on where they differ.
    """
    stamp = headers.get("webhook-timestamp", "")
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) < len(str(2**63))):
        return False
    if abs(now - int(stamp)) > TOLERANCE_SECONDS:
        return False
    message_id = headers.get("webhook-id", "")
    given = headers.get("webhook-signature", "").split()
    right = False
    for secret in secrets_in_use:
        expected = signature(secret, message_id, int(stamp), body).encode()
        for each in given:
            right |= hmac.compare_digest(expected, each.encode())
    return right
