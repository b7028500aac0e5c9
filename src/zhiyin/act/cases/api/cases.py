"""Cases through the API: read, opened, changed, remarked upon."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from ninja import Field, Query, Schema, Status

from zhiyin.accounts.models import Department, Permission, Person
from zhiyin.accounts.queries.requests import person_of
from zhiyin.act.cases import services
from zhiyin.act.cases.api.common import (
    SEE,
    WORK,
    asked_case,
    colleague,
    named,
    refused_when_stale,
    router,
    without_nul,
)
from zhiyin.act.cases.models import (
    Case,
    CaseComment,
    CaseLevel,
    Cause,
    ContactResult,
    NeedType,
    Source,
    State,
)
from zhiyin.act.cases.queries.filters import read_wanted
from zhiyin.act.cases.queries.payloads import case_payload
from zhiyin.act.cases.queries.queue import case_page
from zhiyin.act.cases.services import Facts, Matter
from zhiyin.act.cases.services.changing import Change, change_by_api
from zhiyin.common.masking import mask_words
from zhiyin.common.paging import link_to_next
from zhiyin.listen.customers.services import get_or_create_customer


class CaseOut(Schema):
    """One case; the customer is masked, times are UTC."""

    id: int
    number: int
    version: int
    state: str
    level: str
    summary: str
    customer_id: int | None
    customer: str
    response_id: int | None
    score: float | None
    touchpoint: str
    value_tier: str
    star_tier: str
    network: str
    department: str
    owner: str
    source: str
    opened_at: dt.datetime
    acknowledge_by: dt.datetime | None
    contact_by: dt.datetime | None
    resolve_by: dt.datetime | None
    next_due_at: dt.datetime | None
    acknowledged_at: dt.datetime | None
    contacted_at: dt.datetime | None
    resolved_at: dt.datetime | None
    closed_at: dt.datetime | None
    outcome: str
    need_type: str
    action_taken: str
    contact_result: str
    customer_told: bool | None
    causes: list[str]
    primary_cause: str


class CasesOut(Schema):
    """A page of cases, the least time left first; `next` goes into `after`."""

    items: list[CaseOut]
    next: str


class CaseQuery(Schema):
    state: State | None = None
    level: str = Field("", max_length=8)
    scope: Literal["", "mine", "department", "unassigned"] = ""
    touchpoint: str = Field("", max_length=60)
    cause: str = Field("", max_length=40)
    star: str = Field("", max_length=20, description="The customer's star tier.")
    department: str = Field("", max_length=60)
    overdue: bool = False
    closed: bool = False
    q: str = Field("", max_length=200, description="Number, customer or last digits.")
    after: str = Field("", max_length=60)
    limit: int = Field(50, ge=1, le=200)


class CaseIn(Schema):
    """A new case; what is left out is found by the organisation's rules."""

    customer: str = Field("", max_length=200, description="The customer's key.")
    summary: str = Field(min_length=1, max_length=300)
    level: str = Field("", max_length=8)
    department: str = Field("", max_length=60, description="The department's code.")
    touchpoint: str = Field("", max_length=60)
    key: str = Field(
        "",
        max_length=100,
        description="What your system calls it; the same key is one case.",
    )


class CauseIn(Schema):
    codes: list[str] = Field(min_length=1, max_length=20)
    primary: str = Field(max_length=40)


class CaseChange(Schema):
    """What to change; `version` is the one you read, and a later one is refused."""

    version: int
    state: State | None = None
    note: str = Field("", max_length=4000)
    owner: str | None = Field(None, max_length=254, description="An e-mail address.")
    level: str | None = Field(None, max_length=8)
    causes: CauseIn | None = None
    need_type: NeedType | None = None
    action_taken: str | None = Field(None, max_length=4000)
    contact_result: ContactResult | None = None
    customer_told: bool | None = None


class CommentIn(Schema):
    text: str = Field(min_length=1, max_length=4000)


class CommentOut(Schema):
    id: int
    at: dt.datetime
    by: str
    text: str


def case_out(case: Case) -> CaseOut:
    return CaseOut(**case_payload(case))


@router.get("/cases", auth=SEE, response=CasesOut, summary="Cases, by time left")
def list_cases(
    request: HttpRequest,
    response: HttpResponse,
    query: Annotated[CaseQuery, Query()],
) -> CasesOut:
    """Return one page: open cases, unless `closed` or a closed state is asked for."""
    person = person_of(request)
    asked = QueryDict(mutable=True)
    for name, value in query.model_dump(exclude={"limit"}, mode="json").items():
        if value not in (None, "", False):
            asked[name] = "1" if value is True else str(value)
    page = case_page(person, read_wanted(person, asked), size=query.limit)
    link_to_next(request, response, after=page.next_key)
    return CasesOut(items=[case_out(each) for each in page.rows], next=page.next_key)


@router.get("/cases/{int:case_id}", auth=SEE, response=CaseOut, summary="One case")
def get_case(request: HttpRequest, case_id: int) -> CaseOut:
    """Return one case."""
    return case_out(asked_case(request, case_id))


@router.post(
    "/cases", auth=WORK, response={200: CaseOut, 201: CaseOut}, summary="Open a case"
)
def create_case(request: HttpRequest, payload: CaseIn) -> Status[CaseOut]:
    """Open a case: 201 when it is new, 200 for a key that was told before."""
    person = person_of(request)
    key = without_nul(payload.key) or None
    known = Case.objects.of(person.organisation_id).filter(source_key=f"api:{key}")
    if key and (found := known.first()) is not None:
        return Status(200, case_out(asked_case(request, found.pk)))
    case = services.open_case(
        organisation=person.organisation,
        matter=_matter(person, payload),
        by=person,
        source=Source.API,
        source_key=f"api:{key}" if key else None,
    )
    return Status(201, case_out(case))


def _matter(person: Person, payload: CaseIn) -> Matter:
    customer = None
    if payload.customer:
        try:
            customer = get_or_create_customer(
                organisation=person.organisation,
                key=without_nul(payload.customer),
            )
        except ValueError as error:
            raise ValidationError(str(error)) from error
    return Matter(
        summary=without_nul(payload.summary),
        customer=customer,
        level=named(CaseLevel, person, payload.level),
        department=named(Department, person, payload.department),
        touchpoint=without_nul(payload.touchpoint),
    )


@router.patch(
    "/cases/{int:case_id}", auth=WORK, response=CaseOut, summary="Work on a case"
)
def change_case(request: HttpRequest, case_id: int, payload: CaseChange) -> CaseOut:
    """Change facts, owner, level and causes, and then move the case, all or nothing.

    409 when somebody changed the case since `version`: read it again first.
    """
    person, case = person_of(request), asked_case(request, case_id)
    with refused_when_stale():
        change_by_api(case=case, by=person, change=_wanted(person, payload))
    return case_out(asked_case(request, case_id))


def _wanted(person: Person, payload: CaseChange) -> Change:
    leads = payload.owner or payload.level or payload.state == State.VERIFIED
    if leads and not person.may(Permission.LEAD_CASES):
        raise PermissionDenied
    causes = payload.causes
    given = causes.codes if causes else []
    return Change(
        version=payload.version,
        state=payload.state or "",
        text=without_nul(payload.note),
        owner=colleague(person, payload.owner),
        level=named(CaseLevel, person, payload.level or ""),
        causes=tuple(named(Cause, person, code) for code in given),
        primary=named(Cause, person, causes.primary) if causes else None,
        facts=Facts(
            need_type=payload.need_type,
            action_taken=payload.action_taken,
            contact_result=payload.contact_result,
            customer_told=payload.customer_told,
        ),
    )


@router.get(
    "/cases/{int:case_id}/comments",
    auth=SEE,
    response=list[CommentOut],
    summary="Remarks on a case",
)
def list_comments(request: HttpRequest, case_id: int) -> list[CommentOut]:
    """Return the remarks among colleagues, the earliest first."""
    rows = asked_case(request, case_id).comments.select_related("person")
    return [_remark(each) for each in rows]


def _remark(comment: CaseComment) -> CommentOut:
    by = comment.person.email if comment.person else ""
    return CommentOut(
        id=comment.pk, at=comment.at, by=by, text=mask_words(comment.text)
    )


@router.post(
    "/cases/{int:case_id}/comments",
    auth=WORK,
    response={201: CommentOut},
    summary="Remark on a case",
)
def create_comment(
    request: HttpRequest, case_id: int, payload: CommentIn
) -> Status[CommentOut]:
    """Leave a remark; it makes nobody's version stale."""
    made = services.comment_case(
        case=asked_case(request, case_id),
        by=person_of(request),
        text=without_nul(payload.text),
    )
    return Status(201, _remark(made))
