"""Contact data at rest: a keyed hash to join by, a mask to show, a text encrypted.

All of it hangs on the installation's field key, which is not the key that signs
sessions: without it a hash is worth nothing and a text cannot be read.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.utils.translation import gettext as _

FULL_STARS = 4
LONGEST_MASK = 60
_SEPARATORS = re.compile(r"[\s\-().]+")
_CHINA_PREFIX = re.compile(r"^(?:\+|00)86(?=1\d{10}$)")
_PHONE = re.compile(r"^\+?\d{7,15}$")


class KeyLostError(RuntimeError):
    """The installation's field key is not the one that encrypted this row."""


def one_spelling(text: str) -> str:
    """Return the one spelling of a number, an address or a code.

    Full-width digits become plain ones; a telephone number loses its separators and
    the mainland's country code; a mail address becomes lower case.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    compact = _SEPARATORS.sub("", plain)
    if _PHONE.match(compact):
        return _CHINA_PREFIX.sub("", compact)
    return plain.casefold() if "@" in plain else plain


def mask(text: str) -> str:
    """Return what may be shown: 138****8000, z***@mail.example, A****7."""
    name, at, domain = text.partition("@")
    if at and name and domain:
        return f"{name[0]}***@{domain}"[:LONGEST_MASK]
    # The shorter a text, the less of it may be seen: it would be guessed.
    head, tail = 0, 0
    for shortest, shown in ((11, (3, 4)), (7, (2, 2)), (4, (1, 1))):
        if len(text) >= shortest:
            head, tail = shown
            break
    return f"{text[:head]}{'*' * FULL_STARS}{text[len(text) - tail :]}"


@lru_cache(maxsize=4)
def _hashing_key(field_key: str) -> bytes:
    # The label is part of every hash that was ever stored, and so never changes.
    return hmac.digest(field_key.encode(), b"zhiyin customer key hash", "sha256")


@lru_cache(maxsize=4)
def _box(field_key: str) -> Fernet:
    return Fernet(field_key.encode())


def keyed_hash(organisation_id: int, text: str) -> str:
    """Return the keyed hash of one spelling; organisations never match."""
    message = f"{organisation_id}\x1f{text}".encode()
    secret = _hashing_key(settings.FIELD_KEY)
    return hmac.new(secret, message, hashlib.sha256).hexdigest()


def encrypt(text: str) -> bytes:
    """Return the text encrypted for the row that keeps it."""
    return _box(settings.FIELD_KEY).encrypt(text.encode())


def decrypt(encrypted: bytes | memoryview) -> str:
    """Return the text in clear; raises KeyLostError under another field key."""
    try:
        return _box(settings.FIELD_KEY).decrypt(bytes(encrypted)).decode()
    except InvalidToken as error:
        raise KeyLostError(
            _(
                "This cannot be read with the present field key. Restore the "
                "ZHIYIN_FIELD_KEY that was in use when it was saved.",
            ),
        ) from error
