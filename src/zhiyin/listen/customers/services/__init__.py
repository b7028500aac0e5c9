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
from zhiyin.listen.customers.services.jurisdiction import save_jurisdiction
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
from zhiyin.listen.customers.services.personal import (
    DataSubject,
    Held,
    Place,
    TryAgainError,
    Wish,
    held_by,
    places,
    register_personal_data,
    subject_of,
)
from zhiyin.listen.customers.services.refusing import (
    refusal_of,
    refuse_all,
    suppress_addresses,
)
from zhiyin.listen.customers.services.retention import (
    Retention,
    register_retention,
    retentions,
)
from zhiyin.listen.customers.services.returning import (
    ErasedCustomerError,
    NothingSuppressedError,
    Ordered,
    erased_keys,
    lift_suppression,
    order_erasure,
    refuse_erased,
    register_eraser,
)
from zhiyin.listen.customers.services.reveal import (
    RevealRefusedError,
    reveal_contact_point,
    reveal_customer,
    reveal_field,
    reveal_words,
)
from zhiyin.listen.customers.services.sensitivity import (
    Allowance,
    FieldRefusedError,
    allow_field,
    class_of,
    classify_field,
    fill_from_answers,
    forbid_field,
    sift,
)
from zhiyin.listen.customers.services.upsert import (
    NewCustomer,
    RecordedCustomers,
    RejectedCustomer,
    record_customers,
)

__all__ = [
    "Allowance",
    "DataSubject",
    "ErasedCustomerError",
    "FieldRefusedError",
    "Held",
    "NewCustomer",
    "NewEvent",
    "NothingSuppressedError",
    "Ordered",
    "Place",
    "Proof",
    "Recorded",
    "RecordedCustomers",
    "RejectedCustomer",
    "RejectedEvent",
    "Retention",
    "RevealRefusedError",
    "TryAgainError",
    "Wish",
    "allow_field",
    "change_customer",
    "class_of",
    "classify_field",
    "decrypt_key",
    "encrypt_key",
    "ensure_fields",
    "erase_customer",
    "erased_keys",
    "fill_from_answers",
    "forbid_field",
    "get_or_create_customer",
    "get_or_create_customers",
    "hash_key",
    "held_by",
    "lift_suppression",
    "mark_unusable",
    "mark_usable",
    "mask_key",
    "normalise_address",
    "normalise_key",
    "order_erasure",
    "places",
    "prefer_contact_point",
    "record_consent",
    "record_customers",
    "record_events",
    "refusal_of",
    "refuse_all",
    "refuse_erased",
    "register_eraser",
    "register_personal_data",
    "register_retention",
    "retentions",
    "reveal_contact_point",
    "reveal_customer",
    "reveal_field",
    "reveal_words",
    "save_contact_point",
    "save_contact_points",
    "save_jurisdiction",
    "sift",
    "subject_of",
    "suppress_addresses",
    "withdraw_customer",
]
