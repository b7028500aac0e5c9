"""Reads about customers: where to reach them, what they agreed to, what happened."""

from __future__ import annotations

from zhiyin.listen.customers.queries.consent import (
    consent_in_force,
    is_allowed,
    who_may_be_contacted,
)
from zhiyin.listen.customers.queries.contact import (
    contact_point_of,
    customers_at,
    kind_of_address,
)
from zhiyin.listen.customers.queries.events import events_after

__all__ = [
    "consent_in_force",
    "contact_point_of",
    "customers_at",
    "events_after",
    "is_allowed",
    "kind_of_address",
    "who_may_be_contacted",
]
