"""Handing a case to another department: asked, accepted, rejected, decided.

The clocks of the case run on all the while; the hand-over has one of its own.
"""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from zhiyin.accounts.models import Department, Permission, Person
from zhiyin.act.cases.models import (
    Case,
    HandOver,
    HandOverState,
    State,
)
from zhiyin.act.cases.queries.needs import settings_of
from zhiyin.act.cases.queries.owners import arbiters, leads_of, owner_for
from zhiyin.act.cases.services.owning import (
    refuse_department,
    refuse_over,
    refuse_owner,
)
from zhiyin.act.cases.services.telling import HANDED, tell, tell_owner
from zhiyin.act.cases.services.working import words
from zhiyin.act.cases.services.writing import CaseError, Draft, changing

WAITING = (HandOverState.ASKED, HandOverState.REJECTED)


def ask_hand_over(
    *,
    case: Case,
    to_department: Department,
    reason: str,
    by: Person | None,
    version: int | None = None,
) -> HandOver:
    """Ask another department to take the case over; its leads are told."""
    with changing(case, by=by, version=version, action="case.hand_over_asked") as draft:
        kept = draft.case
        refuse_over(kept)
        refuse_department(kept, to_department)
        if to_department == kept.department:
            raise CaseError(_("The case is in this department already."))
        if kept.hand_overs.filter(state__in=WAITING).exists():
            raise CaseError(
                _("A hand-over of this case waits for an answer. Withdraw it first."),
            )
        text = words(reason, needed=_("Say why the other department should take it."))
        asked = HandOver.objects.create(
            case=kept,
            from_department=kept.department,
            to_department=to_department,
            asked_by=by,
            asked_at=draft.at,
            reason=text,
            answer_by=draft.at + _answer_time(kept),
        )
        kept.offered_to = to_department
        draft.note("hand_over_asked", text, to=to_department.pk)
    tell(
        leads_of(to_department),
        kind=HANDED,
        key=f"hand_over.{asked.pk}.asked",
        case=case,
        words=lambda: _("is offered to your department"),
    )
    return asked


def _answer_time(case: Case) -> dt.timedelta:
    return dt.timedelta(minutes=settings_of(case.organisation_id).hand_over_minutes)


def _waiting(draft: Draft, hand_over: HandOver, *states: str) -> HandOver:
    rows = draft.case.hand_overs.select_related("from_department", "to_department")
    fresh = rows.get(pk=hand_over.pk)
    if fresh.state not in states:
        raise CaseError(
            _("This hand-over is “%s” already.") % fresh.get_state_display(),
        )
    return fresh


def _refuse_outsider(asked: Department, by: Person | None) -> None:
    """Refuse an answer from somebody who does not work for the asked department."""
    paths = by.reach(Permission.WORK_CASES) if by else None
    if paths is not None and not any(asked.path.startswith(path) for path in paths):
        raise CaseError(_("Only people who work for “%s” answer this.") % asked)


def answer_hand_over(
    *,
    hand_over: HandOver,
    accept: bool,
    by: Person | None,
    note: str = "",
    owner: Person | None = None,
) -> Case:
    """Take the case over, or reject it with a reason: then somebody decides."""
    case = hand_over.case
    with changing(case, by=by, action="case.hand_over_answered") as draft:
        fresh = _waiting(draft, hand_over, HandOverState.ASKED)
        _refuse_outsider(fresh.to_department, by)
        needed = "" if accept else _("Say why your department does not take it.")
        fresh.note = words(note, needed=needed)
        fresh.answered_by, fresh.answered_at = by, draft.at
        if accept:
            fresh.state = HandOverState.ACCEPTED
            refuse_department(draft.case, fresh.to_department)
            _take(draft, fresh.to_department, owner)
        else:
            fresh.state = HandOverState.REJECTED
            fresh.answer_by = draft.at + _answer_time(draft.case)
            fresh.overdue_at = None
        fresh.save()
        draft.note(f"hand_over_{fresh.state}", fresh.note, to=fresh.to_department_id)
    if accept:
        tell_owner(case, by=by)
    else:
        tell(
            arbiters(case.organisation_id),
            kind=HANDED,
            key=f"hand_over.{hand_over.pk}.rejected",
            case=case,
            words=lambda: _("needs your decision between two departments"),
        )
    hand_over.refresh_from_db()
    return case


def _take(draft: Draft, department: Department, owner: Person | None) -> None:
    case = draft.case
    if owner is not None:
        refuse_owner(case, owner)
    case.department = department
    case.offered_to = None
    case.owner = owner_for(case.organisation_id, department, owner)
    if case.state in {State.NEW, State.REOPENED} and case.owner is not None:
        draft.go(State.ASSIGNED, owner=case.owner_id)


def decide_hand_over(
    *,
    hand_over: HandOver,
    department: Department,
    by: Person,
    note: str,
) -> Case:
    """Decide which of the two departments has the case; what is decided holds."""
    case = hand_over.case
    with changing(case, by=by, action="case.hand_over_decided") as draft:
        fresh = _waiting(draft, hand_over, HandOverState.REJECTED)
        if by.pk in {fresh.asked_by_id, fresh.answered_by_id}:
            raise CaseError(
                _("You asked or rejected yourself: somebody else has to decide."),
            )
        known = {fresh.to_department_id, fresh.from_department_id}
        if department.pk not in known:
            raise CaseError(_("Decide between the two departments that differ."))
        refuse_department(draft.case, department)
        fresh.note = words(note, needed=_("Give the reason for your decision."))
        fresh.state = HandOverState.DECIDED
        fresh.decided_by, fresh.decided_at = by, draft.at
        fresh.decision = department
        fresh.save()
        stays = department == draft.case.department
        _take(draft, department, draft.case.owner if stays else None)
        draft.note("hand_over_decided", fresh.note, to=department.pk)
    tell_owner(case, by=by)
    hand_over.refresh_from_db()
    return case


def withdraw_hand_over(*, hand_over: HandOver, by: Person | None) -> Case:
    """Take a question back; the case stays where it is."""
    case = hand_over.case
    with changing(case, by=by, action="case.hand_over_withdrawn") as draft:
        fresh = _waiting(draft, hand_over, *WAITING)
        fresh.state = HandOverState.WITHDRAWN
        fresh.save(update_fields=["state"])
        draft.case.offered_to = None
        draft.note("hand_over_withdrawn", to=fresh.to_department_id)
    hand_over.refresh_from_db()
    return case
