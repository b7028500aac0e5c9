"""A customer's key: one spelling, a keyed hash to join by, a mask to show."""

from __future__ import annotations

import unicodedata

from django.utils.translation import gettext as _

from zhiyin.common.confidential import (
    KeyLostError,
    decrypt,
    encrypt,
    keyed_hash,
    mask,
    one_spelling,
)

__all__ = [
    "KeyLostError",
    "decrypt_key",
    "encrypt_key",
    "hash_key",
    "mask_key",
    "normalise_key",
]

LONGEST_KEY = 200


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
    return one_spelling(text)


hash_key = keyed_hash
mask_key = mask
encrypt_key = encrypt
decrypt_key = decrypt
