"""One customer's page: who they are, where they are reached, what is known of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from zhiyin.common.masking import is_personal, mask_field
from zhiyin.listen.customers.models import AttributeField, Customer, FieldGroup
from zhiyin.listen.customers.queries.answered import answered_by
from zhiyin.listen.customers.queries.consent import consent_in_force, is_allowed
from zhiyin.listen.customers.queries.known import known_values


@dataclass(frozen=True)
class FieldShown:
    """One known field in words; a sensitive one has no value until it is revealed."""

    label: str
    value: Any
    as_of: dt.date
    code: str = ""
    sensitivity: str = "ordinary"
    group: str = ""
    is_answered: bool = False

    @property
    def is_hidden(self) -> bool:
        """Tell whether the value is shown for a reason only."""
        return self.sensitivity == "sensitive"


@dataclass(frozen=True)
class FieldsOfGroup:
    """The fields of one sort."""

    label: str
    fields: list[FieldShown]


def fields_known(customer: Customer) -> list[FieldShown]:
    """Return what is known of a customer now, with sensitive values, unmasked.

    A field that is off, or that the customer did not agree to, is left out.
    """
    known = {each.code: (each.value, each.as_of) for each in known_values(customer)}
    said = answered_by([customer.pk]).get(customer.pk, {})
    told = {code: (row.value, row.answered_at.date()) for code, row in said.items()}
    values = known | told
    rows = AttributeField.objects.of(customer.organisation_id).in_use()
    return [
        FieldShown(
            field.label,
            *values[field.code],
            code=field.code,
            sensitivity=field.sensitivity,
            group=field.group,
            is_answered=field.code in told,
        )
        for field in rows.filter(code__in=list(values))
        if _agreed(customer, field)
    ]


def _agreed(customer: Customer, field: AttributeField) -> bool:
    purpose = field.consent_purpose
    if not purpose:
        return True
    return is_allowed(purpose, consent_in_force([customer.pk], purpose)[customer.pk])


def field_labels(organisation_id: int) -> dict[str, str]:
    """Return what the organisation's fields are called, by their codes."""
    rows = AttributeField.objects.of(organisation_id)
    return dict(rows.values_list("code", "label"))


def personal_codes(organisation_id: int) -> list[str]:
    """Return the codes of fields that hold a person's name or address."""
    labels = field_labels(organisation_id)
    return [code for code, label in labels.items() if is_personal(label)]


def fields_shown(customer: Customer) -> list[FieldShown]:
    """Return what is known of a customer now; sensitive values are left out."""
    return [
        replace(each, value=None)
        if each.is_hidden
        else replace(each, value=mask_field(each.label, each.value))
        for each in fields_known(customer)
    ]


def fields_by_group(customer: Customer) -> list[FieldsOfGroup]:
    """Return the fields as the page groups them; groups without any are left out."""
    shown = fields_shown(customer)
    return list(_groups(shown))


def _groups(shown: list[FieldShown]) -> Iterator[FieldsOfGroup]:
    order = (
        FieldGroup.INTERNAL,
        FieldGroup.CIRCLE,
        FieldGroup.PREFERENCE,
        FieldGroup.OTHER,
    )
    for group in order:
        fields = [each for each in shown if each.group == group]
        if fields:
            yield FieldsOfGroup(str(group.label), fields)
