"""Work on a case: talking to the customer, moving on, remarks among colleagues."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Person
from zhiyin.accounts.services import record
from zhiyin.act.cases.models import (
    AttemptResult,
    Case,
    CaseComment,
    CaseEvent,
    ContactAttempt,
    ContactResult,
    ContactWay,
    State,
)
from zhiyin.act.cases.queries.needs import day_part, may_be_unreachable, settings_of
from zhiyin.act.cases.services.owning import acknowledge_by_working, refuse_over
from zhiyin.act.cases.services.touching import note_in_touch
from zhiyin.act.cases.services.writing import CaseError, Draft, changing
from zhiyin.common import clock

LONGEST_TEXT = 10_000
PLAIN_MOVES = frozenset(
    {
        State.CONTACTING,
        State.IN_PROGRESS,
        State.WAITING_CUSTOMER,
        State.WAITING_DEPARTMENT,
        State.UNREACHABLE,
        State.NO_CONTACT_REQUESTED,
    },
)
"""Moves that need nothing but a word; the others have a service of their own."""


def words(text: str, *, needed: str = "") -> str:
    """Return a text as it is kept; refuses none where one is needed, and a book."""
    kept = text.strip()
    if needed and not kept:
        raise CaseError(needed)
    if len(kept) > LONGEST_TEXT:
        raise CaseError(
            _("A text may be %(most)s characters long; this one has %(given)s.")
            % {"most": LONGEST_TEXT, "given": len(kept)},
        )
    return kept


@dataclass(frozen=True)
class Contact:
    """An attempt to reach a customer: how, what came of it, and when if not now."""

    channel: str
    result: str
    note: str = ""
    at: dt.datetime | None = None


def log_contact(
    *,
    case: Case,
    by: Person | None,
    contact: Contact,
    version: int | None = None,
) -> ContactAttempt:
    """Write down an attempt to reach the customer; the case moves on by its result."""
    with changing(case, by=by, version=version, action="case.contacted") as draft:
        refuse_over(draft.case)
        _refuse_unknown(contact.channel, contact.result)
        moment = _not_later(contact.at or draft.at, draft.at)
        acknowledge_by_working(draft)
        attempt = ContactAttempt.objects.create(
            case=draft.case,
            at=moment,
            person=by,
            channel=contact.channel,
            day_part=day_part(moment, draft.case.organisation.time_zone),
            result=contact.result,
            note=words(contact.note),
        )
        draft.note(
            "contact",
            attempt.note,
            channel=attempt.channel,
            result=attempt.result,
        )
        _move_by(draft, attempt)
        note_in_touch(draft.case, attempt)
    return attempt


def _refuse_unknown(channel: str, result: str) -> None:
    if channel not in ContactWay.values:
        raise CaseError(_("“%s” is no way to reach a customer.") % channel)
    if result not in AttemptResult.values:
        raise CaseError(_("“%s” is no result of an attempt.") % result)


def _not_later(at: dt.datetime, now: dt.datetime) -> dt.datetime:
    if at > now:
        raise CaseError(
            _("An attempt lies in the past; received %s.") % f"{at:%Y-%m-%d %H:%M}",
        )
    return at


def _move_by(draft: Draft, attempt: ContactAttempt) -> None:
    case = draft.case
    is_early = case.state in {State.ASSIGNED, State.REOPENED, State.UNREACHABLE}
    if attempt.result == AttemptResult.REFUSED:
        draft.go_through(State.NO_CONTACT_REQUESTED)
        set_outcome(draft)
    elif attempt.result == AttemptResult.REACHED:
        if case.contacted_at is None:
            case.contacted_at = attempt.at
        if is_early or case.state == State.CONTACTING:
            draft.go(State.CONTACTED)
            set_outcome(draft)
    elif is_early:
        draft.go(State.CONTACTING)
        set_outcome(draft)


def move_case(
    *,
    case: Case,
    to: str,
    by: Person | None,
    version: int | None = None,
    text: str = "",
) -> Case:
    """Move a case where the table of states lets it and nothing else is needed."""
    with changing(case, by=by, version=version, action="case.moved", to=to) as draft:
        if to not in PLAIN_MOVES:
            raise CaseError(
                _("A case does not become “%s” by a mere move: more has to be said.")
                % dict(State.choices).get(to, to),
            )
        if to == State.UNREACHABLE and not may_be_unreachable(draft.case):
            raise CaseError(_too_few_attempts(draft.case))
        acknowledge_by_working(draft)
        draft.go(to, words(text))
        set_outcome(draft)
    return case


def _too_few_attempts(case: Case) -> str:
    needed = settings_of(case.organisation_id)
    return _(
        "A customer counts as not reached after %(attempts)s attempts in %(parts)s "
        "parts of the day within %(hours)s hours. Try again at another time of day.",
    ) % {
        "attempts": needed.attempts_needed,
        "parts": needed.day_parts_needed,
        "hours": needed.attempts_within_hours,
    }


def set_outcome(draft: Draft) -> None:
    """Let the outcome, and what it says by itself, follow the state."""
    case = draft.case
    case.outcome = OUTCOME_BY_STATE.get(case.state, "")
    if case.state not in STILL_ANSWERED:
        case.resolved_at = case.explained_at = case.verified_at = None
    result = RESULT_BY_STATE.get(case.state)
    if result is not None:
        case.contact_result = result
        case.customer_told = bool(case.contacted_at)
    elif case.contact_result in RESULT_BY_STATE.values() and case.is_open:
        case.contact_result, case.customer_told = "", None


OUTCOME_BY_STATE: dict[str, str] = {
    State.UNREACHABLE: "unreachable",
    State.NO_CONTACT_REQUESTED: "no_contact",
}
RESULT_BY_STATE: dict[str, str] = {
    State.UNREACHABLE: ContactResult.NOT_REACHED,
    State.NO_CONTACT_REQUESTED: ContactResult.NOT_WANTED,
}
STILL_ANSWERED = frozenset(
    {State.RESOLVED, State.EXPLAINED_PENDING, State.VERIFIED, State.CLOSED},
)


@transaction.atomic
def comment_case(*, case: Case, by: Person, text: str) -> CaseComment:
    """Leave a remark among colleagues; nobody's open form is made stale by it."""
    kept = words(text, needed=_("Write the comment first."))
    now = clock.now()
    comment = CaseComment.objects.create(case=case, text=kept, person=by, at=now)
    CaseEvent.objects.create(
        case=case, at=now, actor=by, kind="comment", detail={"comment": comment.pk}
    )
    record(action="case.commented", actor=by, target=case)
    return comment
