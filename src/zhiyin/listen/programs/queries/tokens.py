"""The token of an invitation: never kept, made again whenever it is sent again.

An invitation that a programme sends carries a random reference in the key of its
message. The token follows from that reference and the installation's field key, so a
reminder holds the same address as the first message though only a hash is stored.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from django.conf import settings

from zhiyin.listen.programs.models import Invitation

PREFIX = "invitation:"
REFERENCE_BYTES = 16
TOKEN_BYTES = 16
FALLBACK, REMINDER = "fallback", "reminder"


def new_message_key() -> str:
    """Return the key of a new invitation's message, with a fresh reference in it."""
    return f"{PREFIX}{secrets.token_hex(REFERENCE_BYTES)}"


def further_key(message_key: str, part: str) -> str:
    """Return the key of a further message about the same invitation."""
    return f"{message_key}:{part}"


def split_key(key: str) -> tuple[str, str]:
    """Return the invitation's own key and which of its messages this is.

    Both are "" for a message that belongs to no invitation.
    """
    if not key.startswith(PREFIX):
        return "", ""
    reference, _colon, part = key.removeprefix(PREFIX).partition(":")
    return f"{PREFIX}{reference}", part


def token_of(message_key: str) -> str:
    """Return the token of the invitation that this message carried."""
    text = f"zhiyin invitation token\x1f{message_key}".encode()
    digest = hmac.new(settings.FIELD_KEY.encode(), text, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:TOKEN_BYTES]).rstrip(b"=").decode()


def personal_url(invitation: Invitation) -> str:
    """Return the public address at which the invited customer answers."""
    token = token_of(invitation.message_key)
    return f"{settings.PUBLIC_URL}/s/{invitation.link.slug}/{token}/"
