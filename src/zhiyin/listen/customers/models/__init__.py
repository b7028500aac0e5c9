"""Tables of customers."""

from __future__ import annotations

from zhiyin.listen.customers.models.contact import (
    ConsentEntry,
    ConsentState,
    ContactKind,
    ContactPoint,
    Purpose,
    SuppressedAddress,
)
from zhiyin.listen.customers.models.events import CustomerEvent
from zhiyin.listen.customers.models.fields import AttributeField, FieldKind
from zhiyin.listen.customers.models.people import (
    Audience,
    Customer,
    CustomerBefore,
    CustomerQuerySet,
    ForgottenCustomer,
)

__all__ = [
    "AttributeField",
    "Audience",
    "ConsentEntry",
    "ConsentState",
    "ContactKind",
    "ContactPoint",
    "Customer",
    "CustomerBefore",
    "CustomerEvent",
    "CustomerQuerySet",
    "FieldKind",
    "ForgottenCustomer",
    "Purpose",
    "SuppressedAddress",
]
