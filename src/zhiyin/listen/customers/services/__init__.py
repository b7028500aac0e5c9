"""Writes about customers: keys, the fields known of them, and reveals."""

from __future__ import annotations

from zhiyin.listen.customers.services.fields import ensure_fields
from zhiyin.listen.customers.services.keys import (
    decrypt_key,
    encrypt_key,
    hash_key,
    mask_key,
    normalise_key,
)
from zhiyin.listen.customers.services.people import (
    erase_customer,
    get_or_create_customer,
    get_or_create_customers,
    withdraw_customer,
)
from zhiyin.listen.customers.services.reveal import RevealRefusedError, reveal_customer

__all__ = [
    "RevealRefusedError",
    "decrypt_key",
    "encrypt_key",
    "ensure_fields",
    "erase_customer",
    "get_or_create_customer",
    "get_or_create_customers",
    "hash_key",
    "mask_key",
    "normalise_key",
    "reveal_customer",
    "withdraw_customer",
]
