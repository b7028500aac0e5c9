"""Responses through the API: hand answers over, and read them page by page."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from ninja import Field, Header, Query, Router, Schema, Status

from zhiyin.accounts.api import TokenOrSession
from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.common import clock
from zhiyin.listen.programs.models import SurveyLink
from zhiyin.listen.responses.queries import (
    ResponseFilter,
    ResponseRow,
    response_page,
    response_row,
)
from zhiyin.listen.responses.services import GivenResponse, receive_response

LARGEST_PAGE = 500
CLOCK_SLACK = dt.timedelta(minutes=5)
# Neither NaN nor infinity: a database cannot keep them in JSON.
Number = Annotated[float, Field(allow_inf_nan=False)]

router = Router(tags=["responses"])


class ResponseIn(Schema):
    """One answer that another system collected."""

    link: str = Field(description="The link's public address, such as pprjc7uw.")
    score: int = Field(description="A point of the main question's scale.")
    comment: str = ""
    customer: str = Field("", max_length=200, description="The customer's key.")
    language: str = Field("", max_length=10)
    responded_at: dt.datetime | None = Field(
        None,
        description="With its zone; now where it is left out.",
    )
    attributes: dict[str, str | Number] = Field(default_factory=dict, max_length=100)


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


class ResponsesOut(Schema):
    """A page of answers; `next` goes into `before` for the older ones."""

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
    excluded: bool = False
    before: str = Field("", max_length=60)
    limit: int = Field(100, ge=1, le=LARGEST_PAGE)


def _out(row: ResponseRow) -> ResponseOut:
    response = row.response
    return ResponseOut(
        id=response.pk,
        responded_at=response.responded_at,
        score=row.score,
        scale_max=row.scale_max,
        given_class=row.given_class,
        comment=response.comment,
        stream=response.stream,
        touchpoint=response.touchpoint,
        wave=response.wave,
        channel=response.channel,
        language=response.language,
        customer=response.customer.key_masked if response.customer else "",
        instrument=response.instrument_version.instrument.code,
        instrument_version=response.instrument_version.number,
        attributes=response.attributes,
        excluded=response.excluded,
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
        .filter(slug=payload.link)
        .first()
    )
    if link is None:
        message = f"there is no survey link {payload.link!r}"
        raise ValidationError(message)
    try:
        saved, is_new = receive_response(
            link=link,
            given=_given(payload),
            idempotency_key=idempotency_key,
        )
    except ValueError as error:
        raise ValidationError(str(error)) from error
    return Status(201 if is_new else 200, _out(response_row(person, saved)))


@router.get(
    "/responses",
    auth=TokenOrSession(Permission.SEE_RESPONSES),
    response=ResponsesOut,
    summary="Read answers, newest first",
)
def list_responses(
    request: HttpRequest,
    query: Annotated[ListQuery, Query()],
) -> ResponsesOut:
    """Return one page of the answers the caller may see."""
    person = person_of(request)
    wanted = ResponseFilter(**query.dict(exclude={"limit"}))
    page = response_page(person, wanted, query.limit)
    return ResponsesOut(items=[_out(row) for row in page.rows], next=page.next_key)
