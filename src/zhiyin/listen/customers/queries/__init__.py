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
from zhiyin.listen.customers.queries.jurisdiction import (
    jurisdiction_of,
    jurisdictions_of,
    standard_of,
)
from zhiyin.listen.customers.queries.known import (
    KnownValue,
    customers_of_part,
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
from zhiyin.listen.customers.queries.panels import Panel, panels, register_panel
from zhiyin.listen.customers.queries.portability import portability_of
from zhiyin.listen.customers.queries.sensitivity import Withheld, withheld_among
from zhiyin.listen.customers.queries.single import (
    FieldShown,
    FieldsOfGroup,
    field_labels,
    fields_by_group,
    fields_known,
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
    "FieldsOfGroup",
    "KnownValue",
    "Moment",
    "MomentKind",
    "Panel",
    "Question",
    "WantedCustomers",
    "Withheld",
    "consent_in_force",
    "contact_point_of",
    "count_customers",
    "customer_page",
    "customers_as_csv",
    "customers_at",
    "customers_of_part",
    "events_after",
    "exclusions_of",
    "exported_customers",
    "field_labels",
    "fields_by_group",
    "fields_known",
    "fields_shown",
    "is_allowed",
    "jurisdiction_of",
    "jurisdictions_of",
    "kind_of_address",
    "known_of",
    "known_values",
    "panels",
    "personal_codes",
    "portability_of",
    "questions",
    "register_panel",
    "register_question",
    "register_source",
    "snapshot_dates",
    "standard_of",
    "timeline",
    "who_may_be_contacted",
    "withheld_among",
]
