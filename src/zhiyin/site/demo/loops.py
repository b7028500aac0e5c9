"""Closed loops of the demo operator: customers told, asked again, and heard anew."""

from __future__ import annotations

import datetime as dt
import random

from django.db import models

from zhiyin.accounts.models import Organisation
from zhiyin.act.cases.models import Case, CaseEvent, ContactAttempt, State
from zhiyin.act.recovery.models import Remeasurement, Telling
from zhiyin.act.recovery.models.telling import TellingState
from zhiyin.common import clock
from zhiyin.listen.responses.models import Answer, Response

ASKED_AFTER = dt.timedelta(days=7, hours=3)
SHARE_THAT_ANSWERS = 0.8
# What customers answered when they were asked again: most are content by then.
SCORES = (9, 10, 8, 9, 7, 10, 3, 9, 8, 5, 10, 9)


def spread_over_time(case: Case, length: dt.timedelta) -> None:
    """Let what happened at one moment of the demo have taken hours or days."""
    lines = list(CaseEvent.objects.filter(case=case).order_by("pk"))
    begun = case.opened_at
    at: dict[str, dt.datetime] = {}
    for place, line in enumerate(lines):
        moment = begun + length * (place / max(len(lines) - 1, 1)) ** 2
        at.setdefault(line.to_state or line.kind, moment)
        # Past the fence of the journal, as in `cases`: this is an invented past.
        models.QuerySet(CaseEvent).filter(pk=line.pk).update(at=moment)
    last = begun + length
    met = at.get(State.CONTACTED, last)
    Case.objects.filter(pk=case.pk).update(
        acknowledged_at=at.get("acknowledged", met),
        contacted_at=met,
        resolved_at=at.get(State.RESOLVED, last),
        closed_at=last,
        state_since=last,
    )
    ContactAttempt.objects.filter(case=case).update(at=met)


def close_loops(organisation: Organisation, dice: random.Random) -> int:
    """Tell customers of closed cases, and let those asked again answer."""
    rows = Case.objects.of(organisation).filter(
        state=State.CLOSED,
        closed_at__lt=clock.now() - ASKED_AFTER,
        response__isnull=False,
    )
    closed = list(rows.select_related("response", "customer").order_by("pk"))
    for place, case in enumerate(closed):
        if case.customer is None:
            continue
        told_at = (case.closed_at or case.opened_at) + dt.timedelta(minutes=11)
        Telling.objects.create(
            organisation=organisation,
            case=case,
            customer=case.customer,
            state=TellingState.SENT,
            channel="sms",
            language="zh-hans",
            created_at=told_at,
            due_at=told_at,
            settled_at=told_at,
            is_proof=True,
        )
        answer = None
        if dice.random() < SHARE_THAT_ANSWERS:
            answer = _answered(case, SCORES[place % len(SCORES)])
        Remeasurement.objects.create(
            organisation=organisation,
            case=case,
            event_key=f"case:{case.pk}:0:closed",
            closed_at=case.closed_at or told_at,
            before_score=case.score,
            before_class=case.given_class,
            response=answer,
        )
    return len(closed)


def _answered(case: Case, score: int) -> Response:
    """Write the answer to the question after a case was closed."""
    first = case.response
    assert first is not None  # noqa: S101 the caller asked for cases with an answer.
    given = Answer.objects.get(response=first, is_primary=True)
    again = Response.objects.create(
        organisation=case.organisation,
        instrument_version=first.instrument_version,
        customer=case.customer,
        department=case.department,
        responded_at=(case.closed_at or case.opened_at) + ASKED_AFTER,
        stream=first.stream,
        touchpoint=first.touchpoint,
        channel="sms",
        language="zh-hans",
        comment="问题解决了，谢谢跟进。" if score >= (given.promoter_min or 9) else "",
    )
    given.pk, given.response, given.score = None, again, score
    Answer.objects.bulk_create([given])
    return again
