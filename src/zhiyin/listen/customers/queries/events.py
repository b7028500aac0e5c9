"""What happened to customers, in the order in which it was told."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from zhiyin.accounts.models import Organisation
from zhiyin.listen.customers.models import CustomerEvent


def events_after(
    organisation: Organisation | int,
    kind: str | Iterable[str],
    after_id: int,
) -> QuerySet[CustomerEvent]:
    """Return events of a kind (or of several) told after one, the earliest told first.

    Whoever remembers the last id it saw misses none: an organisation's events are
    numbered in the order in which they are committed.
    """
    kinds = [kind] if isinstance(kind, str) else list(kind)
    rows = CustomerEvent.objects.of(organisation).filter(kind__in=kinds)
    return rows.filter(pk__gt=after_id).order_by("pk")
