"""What people change about a customer by hand."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from zhiyin.accounts.models import Person
from zhiyin.accounts.services import record
from zhiyin.listen.customers.models import Customer

CHANGEABLE = ("audience", "language", "department", "is_test", "is_staff")


@transaction.atomic
def change_customer(*, customer: Customer, by: Person, **values: Any) -> list[str]:
    """Set what is given of `CHANGEABLE`; returns the names of what changed.

    Answers that are there already are judged again by the cleaning rules.
    """
    changed = [
        name
        for name in CHANGEABLE
        if name in values and getattr(customer, name) != values[name]
    ]
    if not changed:
        return []
    before = {name: _plain(getattr(customer, name)) for name in changed}
    for name in changed:
        setattr(customer, name, values[name])
    customer.save(update_fields=changed)
    record(
        action="customer.changed",
        target=customer,
        actor=by,
        was=before,
        now={name: _plain(values[name]) for name in changed},
    )
    return changed


def _plain(value: Any) -> Any:
    return value if isinstance(value, (str, bool)) else str(value or "")
