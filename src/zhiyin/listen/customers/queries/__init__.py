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
from zhiyin.listen.customers.queries.listing import (
    CustomerPage,
    WantedCustomers,
    count_customers,
    customer_page,
    customers_as_csv,
    exclusions_of,
    exported_customers,
)
from zhiyin.listen.customers.queries.single import (
    FieldShown,
    field_labels,
    fields_shown,
    personal_codes,
)
from zhiyin.listen.customers.queries.timeline import (
    Moment,
    MomentKind,
    Question,
    questions,
    register_question,
    register_source,
    timeline,
)

__all__ = [
    "CustomerPage",
    "FieldShown",
    "KnownValue",
    "Moment",
    "MomentKind",
    "Question",
    "WantedCustomers",
    "consent_in_force",
    "contact_point_of",
    "count_customers",
    "customer_page",
    "customers_as_csv",
    "customers_at",
    "events_after",
    "exclusions_of",
    "exported_customers",
    "field_labels",
    "fields_shown",
    "is_allowed",
    "kind_of_address",
    "known_of",
    "known_values",
    "personal_codes",
    "questions",
    "register_question",
    "register_source",
    "snapshot_dates",
    "timeline",
    "who_may_be_contacted",
]
