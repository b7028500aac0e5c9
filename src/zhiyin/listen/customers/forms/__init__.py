"""What people say about customers."""

from __future__ import annotations

from zhiyin.listen.customers.forms.people import (
    ConsentForm,
    ContactPointForm,
    CustomerForm,
    CustomersFilterForm,
    ReasonForm,
    RevealForm,
)

__all__ = [
    "ConsentForm",
    "ContactPointForm",
    "CustomerForm",
    "CustomersFilterForm",
    "ReasonForm",
    "RevealForm",
]
