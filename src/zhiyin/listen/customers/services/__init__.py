"""Writes about customers: keys, the fields known of them, and reveals."""

from __future__ import annotations

from zhiyin.listen.customers.services.changes import change_customer
from zhiyin.listen.customers.services.consent import Proof, record_consent
from zhiyin.listen.customers.services.contact import (
    mark_unusable,
    mark_usable,
    normalise_address,
    prefer_contact_point,
    save_contact_point,
    save_contact_points,
)
from zhiyin.listen.customers.services.events import (
    NewEvent,
    Recorded,
    RejectedEvent,
    record_events,
)
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
from zhiyin.listen.customers.services.reveal import (
    RevealRefusedError,
    reveal_contact_point,
    reveal_customer,
)
from zhiyin.listen.customers.services.upsert import (
    NewCustomer,
    RecordedCustomers,
    RejectedCustomer,
    record_customers,
)

__all__ = [
    "NewCustomer",
    "NewEvent",
    "Proof",
    "Recorded",
    "RecordedCustomers",
    "RejectedCustomer",
    "RejectedEvent",
    "RevealRefusedError",
    "change_customer",
    "decrypt_key",
    "encrypt_key",
    "ensure_fields",
    "erase_customer",
    "get_or_create_customer",
    "get_or_create_customers",
    "hash_key",
    "mark_unusable",
    "mark_usable",
    "mask_key",
    "normalise_address",
    "normalise_key",
    "prefer_contact_point",
    "record_consent",
    "record_customers",
    "record_events",
    "reveal_contact_point",
    "reveal_customer",
    "save_contact_point",
    "save_contact_points",
    "withdraw_customer",
]
