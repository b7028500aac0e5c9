"""Work on a case through the API: contacts, hand-overs, promises, closing.

Attempts and promises only add, so they need no version; sent with an
`Idempotency-Key`, a call that is repeated adds nothing. A hand-over that has the
state asked for already, and a case that is closed already, are answered as they are.
"""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest
from ninja import Status

from zhiyin.accounts.models import Department, Permission, Person
from zhiyin.accounts.queries.requests import person_of
from zhiyin.act.cases import services
from zhiyin.act.cases.api.cases import CaseOut, case_out
from zhiyin.act.cases.api.common import (
    SEE,
    WORK,
    asked_case,
    colleague,
    named,
    of_case,
    refused_when_stale,
    router,
    without_nul,
)
from zhiyin.act.cases.api.shapes import (
    CloseIn,
    ContactIn,
    ContactOut,
    HandOverChange,
    HandOverIn,
    HandOverOut,
    PromiseChange,
    PromiseIn,
    PromiseOut,
    contact_out,
    hand_over_out,
    promise_out,
)
from zhiyin.act.cases.models import Cause, HandOver, HandOverState, State
from zhiyin.act.cases.services import Contact, Facts, Pledge
from zhiyin.act.cases.services.finishing import close_with_cause


@router.get(
    "/cases/{int:case_id}/contacts",
    auth=SEE,
    response=list[ContactOut],
    summary="Attempts to reach the customer",
)
def list_contacts(request: HttpRequest, case_id: int) -> list[ContactOut]:
    """Return every attempt, the earliest first."""
    rows = asked_case(request, case_id).attempts.select_related("person")
    return [contact_out(each) for each in rows]


@router.post(
    "/cases/{int:case_id}/contacts",
    auth=WORK,
    response={201: ContactOut},
    summary="Log an attempt to reach the customer",
)
def create_contact(
    request: HttpRequest, case_id: int, payload: ContactIn
) -> Status[ContactOut]:
    """Log an attempt; the case moves on by its result."""
    contact = Contact(
        payload.channel, payload.result, without_nul(payload.note), payload.at
    )
    with refused_when_stale():
        made = services.log_contact(
            case=asked_case(request, case_id),
            by=person_of(request),
            contact=contact,
            version=payload.version,
        )
    return Status(201, contact_out(made))


@router.get(
    "/cases/{int:case_id}/hand-overs",
    auth=SEE,
    response=list[HandOverOut],
    summary="Hand-overs of a case",
)
def list_hand_overs(request: HttpRequest, case_id: int) -> list[HandOverOut]:
    """Return every hand-over, the earliest first."""
    rows = asked_case(request, case_id).hand_overs.select_related(
        "from_department", "to_department", "decision"
    )
    people = rows.select_related("asked_by", "answered_by", "decided_by")
    return [hand_over_out(each) for each in people]


@router.post(
    "/cases/{int:case_id}/hand-overs",
    auth=WORK,
    response={201: HandOverOut},
    summary="Offer a case to another department",
)
def create_hand_over(
    request: HttpRequest, case_id: int, payload: HandOverIn
) -> Status[HandOverOut]:
    """Ask another department to take the case; its leads are told."""
    person = person_of(request)
    with refused_when_stale():
        made = services.ask_hand_over(
            case=asked_case(request, case_id),
            to_department=named(Department, person, payload.to_department),
            reason=without_nul(payload.reason),
            by=person,
            version=payload.version,
        )
    return Status(201, hand_over_out(made))


@router.get(
    "/cases/{int:case_id}/hand-overs/{int:hand_over_id}",
    auth=SEE,
    response=HandOverOut,
    summary="One hand-over",
)
def get_hand_over(request: HttpRequest, case_id: int, hand_over_id: int) -> HandOverOut:
    """Return one hand-over."""
    return hand_over_out(of_case(asked_case(request, case_id).hand_overs, hand_over_id))


@router.patch(
    "/cases/{int:case_id}/hand-overs/{int:hand_over_id}",
    auth=WORK,
    response=HandOverOut,
    summary="Answer a hand-over",
)
def change_hand_over(
    request: HttpRequest, case_id: int, hand_over_id: int, payload: HandOverChange
) -> HandOverOut:
    """Accept or reject as the asked department, decide as a lead, or withdraw."""
    case = asked_case(request, case_id)
    found = of_case(case.hand_overs, hand_over_id)
    if found.state != payload.state:
        found.case = case
        _ANSWERS[payload.state](found, person_of(request), payload)
        found.refresh_from_db()
    return hand_over_out(found)


def _accept(row: HandOver, by: Person, given: HandOverChange) -> None:
    services.answer_hand_over(
        hand_over=row,
        accept=True,
        by=by,
        note=without_nul(given.note),
        owner=colleague(by, given.owner),
    )


def _reject(row: HandOver, by: Person, given: HandOverChange) -> None:
    note = without_nul(given.note)
    services.answer_hand_over(hand_over=row, accept=False, by=by, note=note)


def _decide(row: HandOver, by: Person, given: HandOverChange) -> None:
    if not by.may(Permission.LEAD_CASES):
        raise PermissionDenied
    if not given.department:
        message = "a decision names the department that has the case from now on"
        raise ValidationError(message)
    services.decide_hand_over(
        hand_over=row,
        department=named(Department, by, given.department),
        by=by,
        note=without_nul(given.note),
    )


def _withdraw(row: HandOver, by: Person, _given: HandOverChange) -> None:
    services.withdraw_hand_over(hand_over=row, by=by)


_ANSWERS: dict[str, Callable[[HandOver, Person, HandOverChange], None]] = {
    HandOverState.ACCEPTED: _accept,
    HandOverState.REJECTED: _reject,
    HandOverState.DECIDED: _decide,
    HandOverState.WITHDRAWN: _withdraw,
}


@router.get(
    "/cases/{int:case_id}/promises",
    auth=SEE,
    response=list[PromiseOut],
    summary="What the customer was promised",
)
def list_promises(request: HttpRequest, case_id: int) -> list[PromiseOut]:
    """Return every promise, the earliest deadline first."""
    rows = asked_case(request, case_id).promises.select_related("made_by")
    return [promise_out(each) for each in rows]


@router.post(
    "/cases/{int:case_id}/promises",
    auth=WORK,
    response={201: PromiseOut},
    summary="Promise the customer something",
)
def create_promise(
    request: HttpRequest, case_id: int, payload: PromiseIn
) -> Status[PromiseOut]:
    """Promise something by a date; the date is a clock of the case."""
    case, person = asked_case(request, case_id), person_of(request)
    pledge = Pledge(
        without_nul(payload.text), payload.due_at, payload.update_every_days
    )
    promise = services.explain_case if payload.explains else services.make_promise
    with refused_when_stale():
        made = promise(case=case, pledge=pledge, by=person, version=payload.version)
    return Status(201, promise_out(made))


@router.get(
    "/cases/{int:case_id}/promises/{int:promise_id}",
    auth=SEE,
    response=PromiseOut,
    summary="One promise",
)
def get_promise(request: HttpRequest, case_id: int, promise_id: int) -> PromiseOut:
    """Return one promise."""
    return promise_out(of_case(asked_case(request, case_id).promises, promise_id))


@router.patch(
    "/cases/{int:case_id}/promises/{int:promise_id}",
    auth=WORK,
    response=PromiseOut,
    summary="Say that a promise was kept",
)
def change_promise(
    request: HttpRequest, case_id: int, promise_id: int, payload: PromiseChange
) -> PromiseOut:
    """Say that a promise was kept; a second time changes nothing."""
    found = of_case(asked_case(request, case_id).promises, promise_id)
    if found.kept_at is None:
        note = without_nul(payload.note)
        services.keep_promise(promise=found, by=person_of(request), note=note)
    return promise_out(found)


@router.post(
    "/cases/{int:case_id}/close", auth=WORK, response=CaseOut, summary="Close a case"
)
def close_case(request: HttpRequest, case_id: int, payload: CloseIn) -> CaseOut:
    """Record what is still missing and close, all or nothing; 422 says what lacks."""
    case, person = asked_case(request, case_id), person_of(request)
    if case.state == State.CLOSED:
        return case_out(case)
    facts = payload.dict(exclude={"version", "cause"})
    with refused_when_stale():
        if payload.cause:
            close_with_cause(
                case=case,
                by=person,
                cause=named(Cause, person, payload.cause),
                version=payload.version,
                **facts,
            )
        else:
            services.close_case(
                case=case, by=person, facts=Facts(**facts), version=payload.version
            )
    return case_out(asked_case(request, case_id))
