"""Survey responses: listed, read, handed over, changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Field, Router, Schema, Status

from zhiyin.accounts.models import Permission, Person
from zhiyin.accounts.queries.requests import person_of
from zhiyin.common import clock
from zhiyin.compat.api.doors import KeyAsUser, both, may_reveal, note_reveal, page_of
from zhiyin.compat.api.people import Moment
from zhiyin.compat.queries.delighted import response_out
from zhiyin.compat.services.answers import hand_over
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.responses.models import LAST_CHANGE, Response, ResponseQuerySet
from zhiyin.listen.responses.queries.payloads import with_all
from zhiyin.listen.responses.services import GivenResponse
from zhiyin.listen.responses.services.amending import Amendment, amend_response

ORDERS = {"asc": "responded_at", "desc": "-responded_at"}
MOMENTS = {
    "since": "responded_at__gte",
    "until": "responded_at__lte",
    "updated_since": "changed_at__gte",
    "updated_until": "changed_at__lte",
}

router = Router()


class AnswerIn(Schema):
    person: int = Field(ge=1, le=2**63 - 1)
    score: int = Field(ge=-1_000, le=1_000)
    comment: str | None = Field(None, max_length=5000)
    created_at: Moment | None = None
    person_properties: dict[str, str | int | float | bool | None] | None = None


class AnswerChange(Schema):
    score: int | None = Field(None, ge=-1_000, le=1_000)
    comment: str | None = Field(None, max_length=5000)


def _narrowed(request: HttpRequest, person: Person) -> ResponseQuerySet:
    rows: ResponseQuerySet = Response.objects.visible_to(person).filter(excluded="")
    rows = rows.annotate(changed_at=LAST_CHANGE)
    for name, column in MOMENTS.items():
        text = request.GET.get(name)
        if text:
            try:
                moment = dt.datetime.fromtimestamp(int(text), dt.UTC)
            except (OverflowError, OSError) as error:
                message = f"{name} is a time in seconds since 1970"
                raise ValueError(message) from error
            rows = rows.filter(**{column: moment})
    customer = request.GET.get("person_id", "")
    if customer:
        rows = rows.filter(customer_id=_number(customer))
    return rows


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) >= 2**63:
        raise Http404
    return int(text)


def _expands(request: HttpRequest) -> bool:
    asked = request.GET.getlist("expand[]") + request.GET.getlist("expand")
    return "person" in asked


def _shown(
    person: Person, responses: Sequence[Response], *, expand: bool
) -> list[dict[str, Any]]:
    reveals = expand and may_reveal(person, Permission.REVEAL_PERSONAL_DATA)
    note_reveal(person, len(responses), reveals=reveals)
    return [
        response_out(each, expand_person=expand, reveals=reveals) for each in responses
    ]


def _one(person: Person, identifier: str) -> Response:
    number = _number(identifier.removesuffix(".json"))
    found = with_all(Response.objects.visible_to(person)).filter(pk=number).first()
    if found is None:
        raise Http404
    return found


@both(
    router,
    "GET",
    "/survey_responses",
    auth=KeyAsUser("responses", Permission.SEE_RESPONSES),
    response=list[dict[str, Any]],
)
def list_delighted_answers(request: HttpRequest) -> list[dict[str, Any]]:
    """List answers, the oldest first unless `order` is desc."""
    person = person_of(request)
    page, size = page_of(request)
    order = ORDERS.get(
        request.GET.get("order", "asc").partition(":")[0], "responded_at"
    )
    rows = with_all(_narrowed(request, person)).order_by(order, "pk")
    rows = rows.prefetch_related("customer__contact_points")
    shown = list(rows[(page - 1) * size : page * size])
    return _shown(person, shown, expand=_expands(request))


@both(
    router,
    "POST",
    "/survey_responses",
    auth=KeyAsUser("responses", Permission.IMPORT_RESPONSES),
    response={201: dict[str, Any]},
)
def create_delighted_answer(request: HttpRequest, payload: AnswerIn) -> Status[Any]:
    """Hand over an answer of a person."""
    person = person_of(request)
    customer = Customer.objects.visible_to(person).filter(pk=payload.person).first()
    if customer is None:
        raise Http404
    told = payload.person_properties or {}
    at = payload.created_at
    moment = dt.datetime.fromtimestamp(at, dt.UTC) if at else clock.now()
    if moment > clock.now():
        message = "created_at lies in the future"
        raise ValueError(message)
    saved = hand_over(
        customer=customer,
        given=GivenResponse(
            score=payload.score,
            comment=(payload.comment or "").replace("\x00", ""),
            responded_at=moment,
            attributes={
                name: str(value).replace("\x00", "")
                for name, value in told.items()
                if name.strip() and value is not None
            },
        ),
    )
    (told,) = _shown(person, [_one(person, str(saved.pk))], expand=False)
    return Status(201, told)


@router.get(
    "/survey_responses/{identifier}",
    auth=KeyAsUser("responses", Permission.SEE_RESPONSES),
    response=dict[str, Any],
)
def get_delighted_answer(request: HttpRequest, identifier: str) -> dict[str, Any]:
    """Return one answer."""
    person = person_of(request)
    found = _one(person, identifier)
    return _shown(person, [found], expand=_expands(request))[0]


@router.put(
    "/survey_responses/{identifier}",
    auth=KeyAsUser("responses", Permission.IMPORT_RESPONSES),
    response=dict[str, Any],
)
def update_delighted_answer(
    request: HttpRequest,
    identifier: str,
    payload: AnswerChange,
) -> dict[str, Any]:
    """Change score or comment; what else is sent along stays as it is."""
    person = person_of(request)
    found = _one(person, identifier)
    comment = payload.comment
    change = Amendment(
        score=payload.score,
        comment=comment.replace("\x00", "") if comment is not None else None,
    )
    amend_response(response=found, change=change)
    found = _one(person, identifier)
    return _shown(person, [found], expand=_expands(request))[0]
