"""One customer's page: who they are, where they are reached, what is known of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from zhiyin.common.masking import is_personal, mask_field
from zhiyin.listen.customers.models import AttributeField, Customer
from zhiyin.listen.customers.queries.known import known_values


@dataclass(frozen=True)
class FieldShown:
    """One known field in words."""

    label: str
    value: Any
    as_of: dt.date


def field_labels(organisation_id: int) -> dict[str, str]:
    """Return what the organisation's fields are called, by their codes."""
    rows = AttributeField.objects.of(organisation_id)
    return dict(rows.values_list("code", "label"))


def personal_codes(organisation_id: int) -> list[str]:
    """Return the codes of fields that hold a person's name or address."""
    labels = field_labels(organisation_id)
    return [code for code, label in labels.items() if is_personal(label)]


def fields_shown(customer: Customer) -> list[FieldShown]:
    """Return what is known of a customer now, in the order of the registry."""
    known = {value.code: value for value in known_values(customer)}
    fields = AttributeField.objects.of(customer.organisation_id).filter(
        code__in=list(known),
    )
    return [
        FieldShown(
            field.label,
            mask_field(field.label, known[field.code].value),
            known[field.code].as_of,
        )
        for field in fields
    ]
