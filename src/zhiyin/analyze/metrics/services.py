"""Writes of metrics: notes on the dictionary, and marks on the time line."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from zhiyin.accounts.models import Person
from zhiyin.accounts.services import record
from zhiyin.analyze.metrics.models import ChangeMarker, MetricNote


@transaction.atomic
def note_metric(
    *,
    person: Person,
    metric: str,
    owner: Person | None,
    note: str,
    target: float | None,
) -> MetricNote:
    """Say who answers for a metric and what is agreed about it."""
    found, _created = MetricNote.objects.update_or_create(
        organisation_id=person.organisation_id,
        metric=metric,
        defaults={"owner": owner, "note": note, "target": target},
    )
    record(action="metric.noted", actor=person, target=found, owner=str(owner or ""))
    return found


@transaction.atomic
def mark_change(
    *,
    person: Person,
    on: dt.date,
    label: str,
    kind: str,
    **where: Any,
) -> ChangeMarker:
    """Mark a day on the trends; `where` may narrow it to a stream or touchpoint."""
    marker = ChangeMarker.objects.create(
        organisation_id=person.organisation_id,
        on=on,
        label=label,
        kind=kind,
        created_by=person,
        **where,
    )
    record(action="marker.made", actor=person, target=marker)
    return marker


@transaction.atomic
def remove_marker(*, person: Person, marker: ChangeMarker) -> None:
    """Take a mark off the trends."""
    record(action="marker.removed", actor=person, target=marker, on=str(marker.on))
    marker.delete()
