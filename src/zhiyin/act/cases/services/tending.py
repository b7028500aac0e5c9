"""What the clock does: escalates, reminds, and finds owners for what was left alone.

Each piece is one transaction that writes down what it did under a unique key and
tells people in the same breath, so that a worker killed at any point neither loses
an escalation nor repeats one.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Department, Person
from zhiyin.act.cases.models import (
    Case,
    Escalation,
    HandOver,
    HandOverState,
    State,
)
from zhiyin.act.cases.queries.clocks import LATE, Clock, due_steps
from zhiyin.act.cases.queries.owners import (
    above,
    arbiters,
    fallback_owner,
    people_of_role,
)
from zhiyin.act.cases.services.telling import ESCALATED, HANDED, tell, tell_owner
from zhiyin.act.cases.services.writing import Draft, changing, escalated
from zhiyin.common import clock

AT_ONCE = 50


def escalate_due() -> bool:
    """Escalate clocks that are nearly over or over; True when there may be more."""
    rows = Case.objects.open().filter(next_check_at__lte=clock.now())
    found = list(rows.order_by("next_check_at", "pk")[:AT_ONCE])
    for case in found:
        _escalate(case)
    return len(found) == AT_ONCE


@transaction.atomic
def _escalate(case: Case) -> None:
    now = clock.now()
    # The row is locked before it is judged: of two workers, one finds nothing to do.
    fresh = Case.objects.select_for_update().filter(pk=case.pk).first()
    if fresh is None or fresh.next_check_at is None or fresh.next_check_at > now:
        return
    with changing(fresh, by=None, action="case.escalated") as draft:
        for found, step in due_steps(draft.case, escalated(draft.case), now):
            _escalate_clock(draft, found, step)


def _escalate_clock(draft: Draft, found: Clock, step: str) -> None:
    case = draft.case
    Escalation.objects.create(
        case=case, clock=found.name, step=step, due_at=found.due_at, at=draft.at
    )
    case.escalated_level = max(case.escalated_level, 2 if step == LATE else 1)
    people = _to_tell(case, step)
    draft.note(
        "escalated",
        clock=found.name,
        step=step,
        due=found.due_at.isoformat(),
        people=[person.pk for person in people],
    )
    if found.name == "promise" and step == LATE:
        broken = case.promises.filter(kept_at=None, broken_noted_at=None)
        broken.filter(due_at__lte=draft.at).update(broken_noted_at=draft.at)
    tell(
        people,
        kind=ESCALATED,
        key=f"{found.name}.{step}.{found.due_at:%Y%m%d%H%M%S}",
        case=case,
        words=lambda: clock_words(found.name, step),
    )


def clock_words(name: str, step: str) -> str:
    """Return what a clock says when it is nearly over, or over."""
    late = {
        "acknowledge": _("was not acknowledged in time"),
        "contact": _("the customer was not contacted in time"),
        "resolve": _("was not solved in time"),
        "promise": _("a promise to the customer is due"),
        "update": _("the customer waits for news"),
        "close": _("has an answer and waits to be closed"),
    }
    soon = {
        "acknowledge": _("has to be acknowledged soon"),
        "contact": _("the customer has to be contacted soon"),
        "resolve": _("has to be solved soon"),
    }
    return late[name] if step == LATE else soon[name]


def _to_tell(case: Case, step: str) -> list[Person]:
    level = case.level
    role = level.escalate_to
    if step == LATE:
        role = level.escalate_late_to or role
    # News to the customer and closing are the owner's own; the rest goes up.
    told = {case.owner.pk: case.owner} if case.owner else {}
    if role:
        found = people_of_role(case.organisation_id, case.department, role)
        told |= {person.pk: person for person in found}
    return list(told.values())


def tend_hand_overs() -> bool:
    """Tell who decides that a hand-over was not answered, or not decided, in time."""
    waiting = Q(state=HandOverState.ASKED) | Q(state=HandOverState.REJECTED)
    rows = HandOver.objects.filter(
        waiting, answer_by__lte=clock.now(), overdue_at=None, case__closed_at=None
    )
    found = list(rows.select_related("case").order_by("answer_by", "pk")[:AT_ONCE])
    for hand_over in found:
        _tend_hand_over(hand_over)
    return len(found) == AT_ONCE


def _tend_hand_over(hand_over: HandOver) -> None:
    with changing(hand_over.case, by=None, action="case.hand_over_late") as draft:
        rows = HandOver.objects.filter(pk=hand_over.pk, overdue_at=None)
        if not rows.update(overdue_at=draft.at):
            return
        draft.note("hand_over_late", to=hand_over.to_department_id)
        tell(
            arbiters(draft.case.organisation_id),
            kind=HANDED,
            key=f"hand_over.{hand_over.pk}.{hand_over.state}.late",
            case=draft.case,
            words=lambda: _("a hand-over was not answered in time"),
        )


def tend_owners() -> bool:
    """Find an owner for cases whose owner left, or whose department was dissolved.

    Nothing of the case is lost: its clocks run on, and the new owner is told.
    """
    _close_dead_offers()
    gone = Person.objects.filter(is_active=False)
    dissolved = Department.objects.filter(is_active=False)
    rows = Case.objects.open()
    found = [
        case
        for wanted in (
            Q(owner=None),
            Q(owner__in=list(gone.values_list("pk", flat=True))),
            Q(department__in=list(dissolved.values_list("pk", flat=True))),
        )
        for case in rows.filter(wanted).order_by("pk")[:AT_ONCE]
    ]
    done = [_find_owner(case) for case in found]
    return any(done)


def _find_owner(case: Case) -> bool:
    """Give a case to the fallback; False where there is nobody, or it is well kept."""
    with transaction.atomic():
        fresh = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
        department = _living(fresh.department)
        is_moved = department != fresh.department
        if not fresh.is_open or not (is_moved or _is_left(fresh)):
            return False
        owner = fallback_owner(fresh.organisation_id, department)
        if owner is None:
            return False
        with changing(fresh, by=None, action="case.owner_found") as draft:
            kept, before = draft.case, draft.case.owner_id
            if is_moved:
                kept.department = department
                number = department.pk if department else None
                draft.note("department", department=number, because="dissolved")
            kept.owner = owner
            draft.note("owner", owner=owner.pk, before=before, because="left")
            if kept.state in {State.NEW, State.REOPENED}:
                draft.go(State.ASSIGNED, owner=owner.pk)
    tell_owner(fresh, by=None)
    return True


def _is_left(case: Case) -> bool:
    return case.owner is None or not case.owner.is_active


def _living(department: Department | None) -> Department | None:
    """Return a department, or the nearest above it that was not dissolved."""
    if department is None or department.is_active:
        return department
    rows = Department.objects.filter(pk__in=above(department), is_active=True)
    living = {each.pk: each for each in rows}
    return next((living[pk] for pk in above(department) if pk in living), None)


def _close_dead_offers() -> None:
    """Withdraw hand-overs to departments that were dissolved before they answered."""
    waiting = (HandOverState.ASKED, HandOverState.REJECTED)
    rows = HandOver.objects.filter(
        state__in=waiting, to_department__is_active=False, case__closed_at=None
    )
    for hand_over in rows.select_related("case")[:AT_ONCE]:
        with changing(
            hand_over.case, by=None, action="case.hand_over_withdrawn"
        ) as draft:
            found = HandOver.objects.filter(pk=hand_over.pk, state__in=waiting)
            if found.update(state=HandOverState.WITHDRAWN):
                draft.case.offered_to = None
                draft.note("hand_over_withdrawn", because="dissolved")
