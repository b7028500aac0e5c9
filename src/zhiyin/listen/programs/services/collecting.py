"""From events to the frame: every event of a live programme becomes one member.

Numbers of events are handed out before their rows are committed, so on PostgreSQL a
lower number may appear after a higher one was read. The mark in `seen_event_id`
therefore stays behind: it only passes events that were received longer ago than any
writer takes to commit. What lies between the mark and the newest event is looked at
again each time, and `frame_member_once` makes a second look harmless: an event that
has its member is left out of the read, and of two workers at once one row survives.
Killed at any point, the next run goes on from the mark.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Exists, Max, OuterRef, QuerySet
from django.db.models.functions import Greatest

from zhiyin.common import clock
from zhiyin.listen.customers.models import CustomerEvent, FieldKind
from zhiyin.listen.customers.services import ensure_fields, sift
from zhiyin.listen.programs.models import (
    FrameMember,
    FrameState,
    Programme,
    Trigger,
)
from zhiyin.listen.programs.queries.facts import fields_kept, kinds_of, known_fields
from zhiyin.listen.programs.queries.judging import (
    CANCELLED,
    TOO_LATE,
    Verdict,
    due_of,
    expiry_of,
    judge_event,
)

BATCH = 500
ROWS_PER_QUERY = 50
LONGEST_COMMIT = dt.timedelta(minutes=15)
OPEN_STATES = (FrameState.WAITING, FrameState.DEFERRED)


def collect_events() -> bool:
    """Look at new events of every live programme; True when there may be more."""
    live = Programme.objects.filter(is_live=True, trigger=Trigger.EVENT)
    worked = [_collect(one) for one in live.select_related("organisation")]
    return any(worked)


def _collect(programme: Programme) -> bool:
    events = list(_unseen(programme)[:BATCH])
    made = _members(programme, events)
    FrameMember.objects.bulk_create(
        made, batch_size=ROWS_PER_QUERY, ignore_conflicts=True
    )
    cancelled = _cancel(programme)
    if len(events) == BATCH:
        return True
    _move_mark(programme)
    return bool(made) or cancelled


def _of_kinds(programme: Programme) -> QuerySet[CustomerEvent]:
    rows = CustomerEvent.objects.of(programme.organisation_id)
    return rows.filter(kind__in=kinds_of(programme), pk__gt=programme.seen_event_id)


def _unseen(programme: Programme) -> QuerySet[CustomerEvent]:
    members = FrameMember.objects.filter(programme=programme, event=OuterRef("pk"))
    return (
        _of_kinds(programme)
        .filter(~Exists(members))
        .select_related("customer__department", "department")
        .order_by("pk")
    )


def _move_mark(programme: Programme) -> None:
    """Move the mark over events that everybody who could has committed by now."""
    settled = clock.now() - LONGEST_COMMIT
    last = _of_kinds(programme).filter(received_at__lt=settled).aggregate(n=Max("pk"))
    if last["n"]:
        # Two workers may do this at once: the mark never moves back.
        Programme.objects.filter(pk=programme.pk).update(
            seen_event_id=Greatest("seen_event_id", last["n"])
        )


def _members(
    programme: Programme, events: Sequence[CustomerEvent]
) -> list[FrameMember]:
    if not events:
        return []
    now = clock.now()
    pilot = list(programme.pilot_departments.values_list("path", flat=True))
    customers = {one.customer_id for one in events}
    fields = known_fields(customers, fields_kept(programme))
    codes = _codes(programme, events)
    return [
        _member(programme, event, fields.get(event.customer_id, {}), pilot, codes, now)
        for event in events
    ]


def _member(
    programme: Programme,
    event: CustomerEvent,
    fields: Mapping[str, Any],
    pilot: Sequence[str],
    codes: Mapping[str, str],
    now: dt.datetime,
) -> FrameMember:
    due = due_of(programme, event.occurred_at)
    expires = expiry_of(programme, due)
    verdict = judge_event(programme, event, fields, pilot)
    if verdict.state == FrameState.WAITING and expires <= now:
        verdict = Verdict(FrameState.EXPIRED, TOO_LATE)
    told = {
        codes[name]: value for name, value in event.attributes.items() if name in codes
    }
    return FrameMember(
        organisation_id=programme.organisation_id,
        programme=programme,
        customer_id=event.customer_id,
        event=event,
        key=f"event:{event.key}",
        # The shop, the grid and the person who served: as the event named them.
        department_id=event.department_id or event.customer.department_id,
        employee=event.employee,
        attributes={**fields, **told},
        state=verdict.state,
        reason=verdict.reason,
        due_at=due,
        expires_at=expires,
        created_at=now,
        settled_at=None if verdict.state == FrameState.WAITING else now,
    )


def _codes(programme: Programme, events: Iterable[CustomerEvent]) -> dict[str, str]:
    """Return the stable code of every attribute, under which answers keep it."""
    given = {name: "" for event in events for name in event.attributes}
    names = sorted(sift(programme.organisation_id, given)[0])
    fields = ensure_fields(
        organisation=programme.organisation,
        fields=[(name, FieldKind.CATEGORY, True) for name in names],
    )
    return {name: field.code for name, field in zip(names, fields, strict=True)}


def _cancel(programme: Programme) -> bool:
    """Let go of members whose customer had the cancelling event after theirs."""
    kinds = programme.cancel_event_kind.split()
    if not kinds:
        return False
    later = CustomerEvent.objects.filter(
        customer=OuterRef("customer"),
        kind__in=kinds,
        occurred_at__gte=OuterRef("event__occurred_at"),
    ).exclude(pk=OuterRef("event"))
    waiting = FrameMember.objects.filter(programme=programme, state__in=OPEN_STATES)
    numbers = list(waiting.filter(Exists(later)).values_list("pk", flat=True)[:BATCH])
    # Whoever was sent a message in between keeps that state.
    done = FrameMember.objects.filter(pk__in=numbers, state__in=OPEN_STATES).update(
        state=FrameState.CANCELLED, reason=CANCELLED, settled_at=clock.now()
    )
    return done > 0
