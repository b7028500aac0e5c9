"""What customers' rows said before a file changed them, to be put back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from zhiyin.accounts.models import Department, Organisation
from zhiyin.common.bulk import as_json, insert_rows
from zhiyin.listen.customers.models import Customer, CustomerBefore

CHANGED = ("audience", "language", "department_id", "is_test", "is_staff")
ROWS_PER_SLICE = 900


def keep_before(
    organisation: Organisation,
    source: str,
    told: Mapping[int, tuple[Any, ...]],
) -> None:
    """Keep what is about to change of customers who were there, by their numbers.

    `told` holds values in the order of `CHANGED`; None changes nothing. Runs in the
    transaction of the change itself. A file that names somebody twice leaves two
    rows, which are put back in turn, the later first.
    """
    wanted = [pk for pk, new in told.items() if any(value is not None for value in new)]
    rows = []
    for first in range(0, len(wanted), ROWS_PER_SLICE):
        part = wanted[first : first + ROWS_PER_SLICE]
        found = Customer.objects.filter(pk__in=part).order_by()
        for pk, *old in found.values_list("pk", *CHANGED):
            changed = [
                (name, was, is_now)
                for name, was, is_now in zip(CHANGED, old, told[pk], strict=True)
                if is_now is not None and was != is_now
            ]
            if changed:
                before = {name: was for name, was, _is_now in changed}
                after = {name: is_now for name, _was, is_now in changed}
                values = (as_json(before), as_json(after))
                rows.append((organisation.pk, pk, source, *values))
    fields = ("organisation", "customer", "source", "before", "after")
    insert_rows(CustomerBefore, fields, rows)


@transaction.atomic
def restore_before(*, organisation_id: int, source: str) -> bool:
    """Put back what a file changed, a slice at a time; True while there is more.

    A value that was changed again since stays as it is. Where a later file changed
    it, that file's undoing leads back to what was before this one.
    """
    kept = CustomerBefore.objects.of(organisation_id).filter(source=source)
    slice_ = kept.select_related("customer").order_by("-pk")[:ROWS_PER_SLICE]
    rows = list(slice_)
    changed = {row.customer_id: row.customer for row in rows}
    later = _later(organisation_id, source, rows)
    departments = set(
        Department.objects.filter(organisation=organisation_id).values_list(
            "pk", flat=True
        )
    )
    for row in rows:
        customer = changed[row.customer_id]
        for name, was in row.before.items():
            if name == "department_id" and was is not None and was not in departments:
                continue
            if getattr(customer, name) == row.after[name]:
                setattr(customer, name, was)
            else:
                _hand_on(row, name, later.get(row.customer_id, ()))
    fields = [name.removesuffix("_id") for name in CHANGED]
    Customer.objects.bulk_update(changed.values(), fields, batch_size=100)
    touched = [each for found in later.values() for each in found]
    CustomerBefore.objects.bulk_update(touched, ["before"], batch_size=100)
    CustomerBefore.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return bool(rows)


def _later(
    organisation_id: int, source: str, rows: list[CustomerBefore]
) -> dict[int, list[CustomerBefore]]:
    """Return what later files changed of these customers, the earliest first."""
    found: dict[int, list[CustomerBefore]] = {}
    others = CustomerBefore.objects.of(organisation_id).exclude(source=source)
    first = min((row.pk for row in rows), default=0)
    ids = {row.customer_id for row in rows}
    for each in others.filter(customer__in=ids, pk__gt=first).order_by("pk"):
        found.setdefault(each.customer_id, []).append(each)
    return found


def _hand_on(row: CustomerBefore, name: str, later: Iterable[CustomerBefore]) -> None:
    for each in later:
        if each.pk > row.pk and name in each.before:
            if each.before[name] == row.after[name]:
                each.before[name] = row.before[name]
            return
