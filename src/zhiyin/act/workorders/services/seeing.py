"""Conflicts that a person has read."""

from __future__ import annotations

from django.db import transaction

from zhiyin.accounts.models import Person
from zhiyin.accounts.services import record
from zhiyin.act.workorders.models import WorkOrder
from zhiyin.common import clock


@transaction.atomic
def see_conflicts(*, order: WorkOrder, by: Person) -> int:
    """Mark the conflicts of an order as seen; return how many were not."""
    unseen = order.conflicts.filter(seen_at=None)
    count = unseen.update(seen_at=clock.now(), seen_by=by)
    if count:
        record(action="workorder.conflicts_seen", target=order, count=count)
    return count
