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
from zhiyin.listen.customers.queries.known import (
    KnownValue,
    known_of,
    known_values,
    snapshot_dates,
)

__all__ = [
    "KnownValue",
    "consent_in_force",
    "contact_point_of",
    "customers_at",
    "events_after",
    "is_allowed",
    "kind_of_address",
    "known_of",
    "known_values",
    "snapshot_dates",
    "who_may_be_contacted",
]
