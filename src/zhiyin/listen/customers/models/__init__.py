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
from zhiyin.listen.customers.models.fields import (
    AnsweredField,
    AttributeField,
    FieldGroup,
    FieldKind,
    Sensitivity,
)
from zhiyin.listen.customers.models.jurisdiction import (
    AnswerUnit,
    Jurisdiction,
    JurisdictionCode,
    MarketingRule,
)
from zhiyin.listen.customers.models.people import (
    SHOWN_TAIL,
    Audience,
    Customer,
    CustomerBefore,
    CustomerQuerySet,
    ForgottenCustomer,
    PortabilityState,
    shown_tail_is,
)
from zhiyin.listen.customers.models.portability import (
    STATE_AFTER,
    PortabilityChange,
    PortabilityStep,
)

__all__ = [
    "SHOWN_TAIL",
    "STATE_AFTER",
    "AnswerUnit",
    "AnsweredField",
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
    "FieldGroup",
    "FieldKind",
    "ForgottenCustomer",
    "Jurisdiction",
    "JurisdictionCode",
    "MarketingRule",
    "PortabilityChange",
    "PortabilityState",
    "PortabilityStep",
    "Purpose",
    "Sensitivity",
    "SuppressedAddress",
    "shown_tail_is",
]
