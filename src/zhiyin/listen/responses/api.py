"""Responses through the API: hand answers over, and read them page by page."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from ninja import Field, Header, Query, Router, Schema, Status

from zhiyin.accounts.api import TokenOrSession
from zhiyin.accounts.models import Permission, Person
from zhiyin.accounts.queries.requests import person_of
from zhiyin.accounts.services import WantedExport, open_export
from zhiyin.common import clock
from zhiyin.common.masking import mask_words
from zhiyin.common.paging import link_to_next
from zhiyin.common.spreadsheets import file_answer
from zhiyin.listen.customers.queries import field_labels, personal_codes
from zhiyin.listen.customers.services import sift
from zhiyin.listen.programs.models import SurveyLink
from zhiyin.listen.responses.models import Response
from zhiyin.listen.responses.queries import (
    ResponseFilter,
    ResponseRow,
    changed_since,
    changes_page,
    narrowed,
    response_page,
    response_row,
)
from zhiyin.listen.responses.queries.export import csv_of, lines_of
from zhiyin.listen.responses.queries.payloads import (
    response_payload,
    shown_attributes,
    with_all,
)
from zhiyin.listen.responses.services import GivenResponse, Reply, receive_response
from zhiyin.listen.responses.services.amending import Amendment, amend_response

NDJSON = "application/x-ndjson; charset=utf-8"
LARGEST_PAGE = 500
LARGEST_ID = 2**63 - 1
CLOCK_SLACK = dt.timedelta(minutes=5)
# Neither NaN nor infinity: a database cannot keep them in JSON.
Number = Annotated[float, Field(allow_inf_nan=False)]
Score = Annotated[int, Field(ge=-1_000, le=1_000)]

router = Router(tags=["responses"])


class ReplyIn(Schema):
    """The answer to one question; which part is used depends on its kind."""

    score: Score | None = None
    text: str = Field("", max_length=5000, description="Words, a number or a day.")
    choices: list[str] = Field(
        default_factory=list,
        max_length=200,
        description="Codes; in a ranking in order of rank.",
    )
    rows: dict[str, Score] = Field(
        default_factory=dict,
        max_length=200,
        description="A matrix: a score for each row.",
    )

    def reply(self) -> Reply:
        """Return it as the questionnaire checks it."""
        return Reply(
            text=self.text.replace("\x00", ""),
            choices=tuple(each.replace("\x00", "") for each in self.choices),
            score=self.score,
            rows=dict(self.rows),
        )


class ResponseIn(Schema):
    """One answer that another system collected."""

    link: str = Field(description="The link's public address, such as pprjc7uw.")
    score: Score = Field(description="A point of the main question's scale.")
    comment: str = ""
    customer: str = Field("", max_length=200, description="The customer's key.")
    language: str = Field("", max_length=10)
    responded_at: dt.datetime | None = Field(
        None,
        description="With its zone; now where it is left out.",
    )
    attributes: dict[str, str | Number] = Field(default_factory=dict, max_length=100)
    answers: dict[str, ReplyIn] = Field(
        default_factory=dict,
        max_length=200,
        description="Further questions by their codes.",
    )


class ResponseChange(Schema):
    """What is to be different; what is left out stays as it is."""

    score: Score | None = None
    comment: str | None = None
    answers: dict[str, ReplyIn] = Field(default_factory=dict, max_length=200)


class ResponseOut(Schema):
    """One answer as the list shows it; the customer's key stays masked."""

    id: int
    responded_at: dt.datetime
    score: float | None
    scale_max: int | None
    given_class: str
    comment: str
    stream: str
    touchpoint: str
    wave: str
    channel: str
    language: str
    customer: str
    instrument: str
    instrument_version: int
    attributes: dict[str, str | float | None]
    excluded: str
    updated_at: dt.datetime
    left_out: dict[str, str] = Field(
        default_factory=dict,
        description="Attributes of which nothing was kept, and why.",
    )


class ResponsesOut(Schema):
    """A page of answers; `next` goes into `before` for the older ones.

    With `updated_since` it goes into `after` for the later changes.
    """

    items: list[ResponseOut]
    next: str


class ListQuery(Schema):
    """What the list is narrowed to."""

    search: str = Field("", max_length=100)
    stream: str = ""
    touchpoint: str = ""
    given_class: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    updated_since: dt.datetime | None = Field(
        None,
        description="Received or changed from then on, the earliest change first; "
        "with its zone. Excluded answers are told too.",
    )
    excluded: bool | None = Field(
        None, description="Only those that count, unless `updated_since` is given."
    )
    before: str = Field("", max_length=60)
    after: str = Field("", max_length=60, description="`next`, with `updated_since`.")
    limit: int = Field(100, ge=1, le=LARGEST_PAGE)


def _out(row: ResponseRow, labels: dict[str, str] | None = None) -> ResponseOut:
    response = row.response
    return ResponseOut(
        id=response.pk,
        responded_at=response.responded_at,
        score=row.score,
        scale_max=row.scale_max,
        given_class=row.given_class,
        comment=mask_words(response.comment),
        stream=response.stream,
        touchpoint=response.touchpoint,
        wave=response.wave,
        channel=response.channel,
        language=response.language,
        customer=response.customer.key_masked if response.customer else "",
        instrument=response.instrument_version.instrument.code,
        instrument_version=response.instrument_version.number,
        attributes=shown_attributes(response, labels),
        excluded=response.excluded,
        updated_at=response.updated_at or response.received_at,
    )


def _given(payload: ResponseIn) -> GivenResponse:
    moment = payload.responded_at
    if moment is not None and moment.tzinfo is None:
        message = "responded_at needs its zone, such as 2026-05-03T09:00:00+08:00"
        raise ValidationError(message)
    if moment is not None and moment > clock.now() + CLOCK_SLACK:
        message = f"responded_at lies in the future; received {moment.isoformat()}"
        raise ValidationError(message)
    return GivenResponse(
        score=payload.score,
        comment=payload.comment.replace("\x00", ""),
        customer_key=payload.customer,
        language=payload.language,
        responded_at=moment,
        attributes=payload.attributes,
    )


@router.post(
    "/responses",
    auth=TokenOrSession(Permission.IMPORT_RESPONSES),
    response={200: ResponseOut, 201: ResponseOut},
    summary="Hand over one answer",
)
def create_response(
    request: HttpRequest,
    payload: ResponseIn,
    idempotency_key: Annotated[str, Header(max_length=200)] = "",
) -> Status[ResponseOut]:
    """Save one answer: 201 when it is new, 200 when this key was sent before."""
    person = person_of(request)
    link = (
        SurveyLink.objects.visible_to(person)
        .select_related("organisation", "instrument", "touchpoint", "wave")
        .filter(slug=payload.link.replace("\x00", ""))
        .first()
    )
    if link is None:
        message = f"there is no survey link {payload.link!r}"
        raise ValidationError(message)
    try:
        with transaction.atomic():
            saved, is_new = receive_response(
                link=link,
                given=_given(payload),
                idempotency_key=idempotency_key.replace("\x00", ""),
            )
            replies = {code: each.reply() for code, each in payload.answers.items()}
            if is_new and replies:
                amend_response(response=saved, change=Amendment(replies=replies))
    except ValueError as error:
        raise ValidationError(str(error)) from error
    answer = _out(response_row(person, saved))
    _kept, left_out = sift(person.organisation_id, payload.attributes)
    answer.left_out = {each.name: each.words for each in left_out}
    return Status(201 if is_new else 200, answer)


def _wanted(query: ListQuery) -> ResponseFilter:
    given: dict[str, Any] = {
        name: value.replace("\x00", "") if isinstance(value, str) else value
        for name, value in query.dict(exclude={"limit", "updated_since"}).items()
    }
    if query.updated_since is None:
        given["excluded"] = bool(query.excluded)
    return ResponseFilter(**given)


def _since(query: ListQuery) -> dt.datetime:
    moment = query.updated_since
    if moment is None or moment.tzinfo is None:
        message = "updated_since needs its zone, such as 2026-05-03T09:00:00+08:00"
        raise ValidationError(message)
    try:
        return moment.astimezone(dt.UTC)
    except OverflowError as error:
        message = "updated_since lies outside of the calendar"
        raise ValidationError(message) from error


def _response(person: Person, number: int) -> Response:
    rows = with_all(Response.objects.visible_to(person))
    found = rows.filter(pk=number).first() if number <= LARGEST_ID else None
    if found is None:
        raise Http404
    return found


@router.get(
    "/responses/export",
    auth=TokenOrSession(Permission.EXPORT_DATA),
    response={200: None},
    summary="Every answer at once, as CSV or lines of JSON",
)
def export_responses(
    request: HttpRequest,
    query: Annotated[ListQuery, Query()],
    form: Literal["csv", "jsonl"] = "csv",
) -> HttpResponseBase:
    """Stream the answers that the list would page through, oldest first.

    Many rows need a second person: the call answers 403 and says how to ask; once
    approved it is repeated with `approval`.
    """
    person = person_of(request)
    wanted = replace(_wanted(query), before="", after="")
    chosen = narrowed(person, wanted)
    if query.updated_since is not None:
        chosen = changed_since(chosen, _since(query))
    known = chosen.exclude(customer=None).order_by("customer_id")
    made = open_export(
        request,
        WantedExport(
            kind="responses.exported",
            rows=chosen.order_by().count(),
            customers=known.values_list("customer_id", flat=True).distinct(),
            detail={"form": form, "by": "api"},
        ),
    )
    name = made.file_name("responses", form)
    if form == "csv":
        return file_answer(csv_of(chosen), name)
    hidden = personal_codes(person.organisation_id)
    return file_answer(lines_of(chosen, hidden), name, NDJSON)


@router.get(
    "/responses/{int:response_id}",
    auth=TokenOrSession(Permission.SEE_RESPONSES),
    response=dict[str, Any],
    summary="Read one answer with all its items",
)
def get_response(request: HttpRequest, response_id: int) -> dict[str, Any]:
    """Return one answer in full."""
    return response_payload(_response(person_of(request), response_id))


@router.patch(
    "/responses/{int:response_id}",
    auth=TokenOrSession(Permission.IMPORT_RESPONSES),
    response=dict[str, Any],
    summary="Change one answer",
)
def change_response(
    request: HttpRequest,
    response_id: int,
    payload: ResponseChange,
) -> dict[str, Any]:
    """Change score, comment or further answers, checked as when they were given."""
    person = person_of(request)
    found = _response(person, response_id)
    comment = payload.comment
    change = Amendment(
        score=payload.score,
        comment=comment.replace("\x00", "") if comment is not None else None,
        replies={code: each.reply() for code, each in payload.answers.items()},
    )
    try:
        amend_response(response=found, change=change)
    except ValueError as error:
        raise ValidationError(str(error)) from error
    return response_payload(_response(person, response_id))


@router.get(
    "/responses",
    auth=TokenOrSession(Permission.SEE_RESPONSES),
    response=ResponsesOut,
    summary="Read answers, newest first",
)
def list_responses(
    request: HttpRequest,
    response: HttpResponse,
    query: Annotated[ListQuery, Query()],
) -> ResponsesOut:
    """Return one page of the answers the caller may see."""
    person = person_of(request)
    wanted = _wanted(query)
    if query.updated_since is None:
        page = response_page(person, wanted, query.limit)
        link_to_next(request, response, before=page.next_key)
    else:
        page = changes_page(person, wanted, since=_since(query), size=query.limit)
        link_to_next(request, response, after=page.next_key)
    labels = field_labels(person.organisation_id)
    shown = [_out(row, labels) for row in page.rows]
    return ResponsesOut(items=shown, next=page.next_key)
