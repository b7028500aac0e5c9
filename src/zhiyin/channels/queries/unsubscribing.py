"""The address by which somebody says in one click that she wants no more."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.signing import BadSignature, Signer

from zhiyin.channels.models import Message


def _signer() -> Signer:
    # The field key outlives the key of sessions: a link in an old mail still works.
    return Signer(key=settings.FIELD_KEY, sep=".", salt="zhiyin.channels.unsubscribe")


def unsubscribe_url(message: Message) -> str:
    """Return the public address that ends messages of this kind to this receiver."""
    token = _signer().sign(message.reference.hex)
    return f"{settings.PUBLIC_URL}/c/unsubscribe/{token}/"


def message_of_token(token: str) -> Message | None:
    """Return the message a link came with; None for a forged or forgotten one."""
    try:
        reference = uuid.UUID(_signer().unsign(token))
    except (BadSignature, ValueError):
        return None
    found = Message.objects.select_related("organisation", "account")
    return found.filter(reference=reference).first()
