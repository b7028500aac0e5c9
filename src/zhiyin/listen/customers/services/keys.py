"""A customer's key: one spelling, a keyed hash to join by, a mask to show."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.utils.translation import gettext as _

LONGEST_KEY = 200
FULL_STARS = 4
_SEPARATORS = re.compile(r"[\s\-().]+")
_CHINA_PREFIX = re.compile(r"^(?:\+|00)86(?=1\d{10}$)")
_PHONE = re.compile(r"^\+?\d{7,15}$")


class KeyLostError(RuntimeError):
    """The installation's field key is not the one that encrypted this row."""


def normalise_key(key: str) -> str:
    """Return the one spelling of a key, so that two files meet in one customer.

    Full-width digits become plain ones; a telephone number loses its separators and
    the mainland's country code. Raises ValueError for an empty or overlong key.
    """
    text = unicodedata.normalize("NFKC", key).strip()
    if not text or len(text) > LONGEST_KEY:
        raise ValueError(
            _("A customer key has 1 to %(limit)s characters; received %(count)s.")
            % {"limit": LONGEST_KEY, "count": len(text)},
        )
    compact = _SEPARATORS.sub("", text)
    if _PHONE.match(compact):
        return _CHINA_PREFIX.sub("", compact)
    return text.casefold() if "@" in text else text


def mask_key(key: str) -> str:
    """Return what may be shown of a key: 138****8000, z***@mail.example, A****7."""
    name, at, domain = key.partition("@")
    if at and name and domain:
        return f"{name[0]}***@{domain}"[:60]
    # The shorter a key, the less of it may be seen: it would be guessed.
    head, tail = 0, 0
    for shortest, shown in ((11, (3, 4)), (7, (2, 2)), (4, (1, 1))):
        if len(key) >= shortest:
            head, tail = shown
            break
    return f"{key[:head]}{'*' * FULL_STARS}{key[len(key) - tail :]}"


@lru_cache(maxsize=4)
def _hashing_key(field_key: str) -> bytes:
    return hmac.digest(field_key.encode(), b"zhiyin customer key hash", "sha256")


@lru_cache(maxsize=4)
def _box(field_key: str) -> Fernet:
    return Fernet(field_key.encode())


def hash_key(organisation_id: int, key: str) -> str:
    """Return the keyed hash of a normalised key; organisations never match."""
    text = f"{organisation_id}\x1f{key}".encode()
    secret = _hashing_key(settings.FIELD_KEY)
    return hmac.new(secret, text, hashlib.sha256).hexdigest()


def encrypt_key(key: str) -> bytes:
    """Return the key encrypted for the row that keeps it."""
    return _box(settings.FIELD_KEY).encrypt(key.encode())


def decrypt_key(encrypted: bytes | memoryview) -> str:
    """Return the key in clear; raises KeyLostError under another field key."""
    try:
        return _box(settings.FIELD_KEY).decrypt(bytes(encrypted)).decode()
    except InvalidToken as error:
        raise KeyLostError(
            _(
                "This customer's key cannot be read with the present field key. "
                "Restore the ZHIYIN_FIELD_KEY that was in use when it was saved.",
            ),
        ) from error
