"""Pages of customers."""

from __future__ import annotations

from zhiyin.listen.customers.views.changes import (
    consent_add,
    contact_point_add,
    contact_point_prefer,
    contact_point_unusable,
    contact_point_usable,
    customer_edit,
    customer_erase,
)
from zhiyin.listen.customers.views.pages import customers, customers_export, single
from zhiyin.listen.customers.views.reveal import (
    contact_point_reveal,
    customer_reveal,
    field_reveal,
)

__all__ = [
    "consent_add",
    "contact_point_add",
    "contact_point_prefer",
    "contact_point_reveal",
    "contact_point_unusable",
    "contact_point_usable",
    "customer_edit",
    "customer_erase",
    "customer_reveal",
    "customers",
    "customers_export",
    "field_reveal",
    "single",
]
