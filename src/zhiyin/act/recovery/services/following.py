"""Closed cases followed up: the event for the programmes, and the message to write.

A case closed for the first time is turn 0; each reopening begins the next turn. One
transaction does everything for one turn, and its row tells that it is done, so that a
worker killed anywhere leaves the turn undone or done.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from zhiyin.accounts.models import Department
from zhiyin.act.cases.models import Case, Outcome, State
from zhiyin.act.recovery.models import Remeasurement, Telling, TellingState
from zhiyin.act.recovery.models.telling import OPEN
from zhiyin.act.recovery.queries import language_of, settings_of
from zhiyin.act.recovery.queries.words import primary_cause
from zhiyin.common import clock
from zhiyin.common.confidential import KeyLostError, decrypt
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.services import NewEvent, record_events

BATCH = 200
CLOSED, REOPENED = "case.closed", "case.reopened"
# Older closings were followed long ago, or came from another system as history.
RECENT = dt.timedelta(days=30)
PRAISE_LEVEL = "PR"
# Whom the loop is closed with: whoever wanted no contact is left in peace.
ASKED_AGAIN = (Outcome.RESOLVED, Outcome.EXPLAINED, Outcome.UNREACHABLE)
TOLD = (Outcome.RESOLVED, Outcome.EXPLAINED)


def follow_closed() -> bool:
    """Take up cases that were closed and not yet followed; True when there are more."""
    known = Remeasurement.objects.filter(
        case=OuterRef("pk"), turn=OuterRef("reopened_count")
    )
    rows = (
        Case.objects.filter(
            ~Exists(known),
            state=State.CLOSED,
            closed_at__gte=clock.now() - RECENT,
            outcome__in=ASKED_AGAIN,
        )
        .exclude(level__code=PRAISE_LEVEL)
        .order_by("closed_at", "pk")
    )
    numbers = list(rows.values_list("pk", flat=True)[:BATCH])
    for number in numbers:
        _take_up(number)
    return len(numbers) == BATCH


@transaction.atomic
def _take_up(number: int) -> None:
    case = (
        Case.objects.select_for_update(of=("self",))
        .select_related(
            "organisation", "level", "customer", "department", "response__invitation"
        )
        .filter(pk=number, state=State.CLOSED)
        .first()
    )
    if case is None or case.closed_at is None:
        return
    turn = case.reopened_count
    _row, is_new = Remeasurement.objects.get_or_create(
        case=case,
        turn=turn,
        defaults={
            "organisation_id": case.organisation_id,
            "event_key": f"case:{case.pk}:{turn}:closed",
            "closed_at": case.closed_at,
            "before_score": case.score,
            "before_class": case.given_class,
        },
    )
    if not is_new or case.customer is None:
        return
    _tell_programmes(case, CLOSED, f"case:{case.pk}:{turn}:closed", case.closed_at)
    if case.outcome in TOLD:
        _write(case, case.customer, turn)


def _write(case: Case, customer: Customer, turn: int) -> None:
    """Let the customer be told, unless a person decided otherwise already."""
    settings = settings_of(case.organisation_id)
    now = clock.now()
    due = now + dt.timedelta(minutes=settings.wait_minutes)
    drafts = Telling.objects.filter(case=case, turn=turn, news=None)
    if drafts.exists():
        drafts.filter(state=TellingState.DRAFT).update(
            state=TellingState.WAITING, due_at=due
        )
    elif settings.is_telling:
        Telling.objects.create(
            organisation_id=case.organisation_id,
            case=case,
            customer=customer,
            turn=turn,
            due_at=due,
            language=language_of(case),
            created_at=now,
        )


def follow_reopened() -> bool:
    """Take back what waits about cases that were opened again."""
    rows = Remeasurement.objects.filter(
        withdrawn_at=None, case__reopened_count__gt=F("turn")
    ).select_related("case__organisation", "case__customer", "case__department")
    found = list(rows.order_by("pk")[:BATCH])
    for row in found:
        with transaction.atomic():
            key = f"case:{row.case_id}:{row.turn}:reopened"
            _tell_programmes(row.case, REOPENED, key, clock.now())
            Telling.objects.filter(
                case_id=row.case_id, turn=row.turn, news=None, state__in=OPEN
            ).update(
                state=TellingState.CANCELLED,
                reason="reopened",
                settled_at=clock.now(),
            )
            Remeasurement.objects.filter(pk=row.pk).update(withdrawn_at=clock.now())
    return len(found) == BATCH


def _tell_programmes(case: Case, kind: str, key: str, at: dt.datetime) -> None:
    """Tell what happened to the customer; programmes ask by their own rules."""
    customer = case.customer
    if customer is None or not customer.key_encrypted:
        return
    try:
        name = decrypt(customer.key_encrypted)
    except KeyLostError:
        return
    cause = primary_cause(case)
    attributes = {
        "case_outcome": case.outcome,
        "case_level": case.level.code,
        "case_cause": cause.code if cause else "",
    }
    event = NewEvent(
        customer=name,
        kind=kind,
        key=key,
        occurred_at=at,
        department=_department(case.department),
        employee=case.employee,
        attributes={label: text for label, text in attributes.items() if text},
        source="cases",
    )
    record_events(organisation=case.organisation, events=[event], is_quiet=True)


def _department(department: Department | None) -> str:
    return department.code if department is not None else ""
