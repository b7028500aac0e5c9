"""A person has read what they were told."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from zhiyin.accounts.models import Person
from zhiyin.act.notices.models import Notice
from zhiyin.common import clock

KEPT = dt.timedelta(days=180)
BATCH = 500


@transaction.atomic
def mark_read(*, notice: Notice) -> bool:
    """Note that a notice was read; False when it was already."""
    fresh = Notice.objects.filter(pk=notice.pk).unread()
    return bool(fresh.update(read_at=clock.now()))


@transaction.atomic
def mark_all_read(*, person: Person, kind: str = "") -> int:
    """Note that everything (of one kind) was read; return how many were not."""
    rows = Notice.objects.visible_to(person).unread()
    if kind:
        rows = rows.filter(kind=kind)
    return rows.update(read_at=clock.now())


def forget_old_notices() -> bool:
    """Delete notices of more than half a year ago, a batch at a time."""
    old = Notice.objects.filter(at__lt=clock.now() - KEPT).order_by("pk")
    gone = list(old.values_list("pk", flat=True)[:BATCH])
    Notice.objects.filter(pk__in=gone).delete()
    return len(gone) == BATCH
