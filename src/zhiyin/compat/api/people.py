"""People: kept, asked, listed, forgotten."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from zhiyin.accounts.models import Permission, Person
from zhiyin.accounts.queries.requests import person_of
from zhiyin.compat.api.doors import (
    MOST_PER_PAGE,
    PER_PAGE,
    KeyAsUser,
    both,
    may_reveal,
    needs_whole_organisation,
    note_reveal,
)
from zhiyin.compat.queries.delighted import (
    EMAIL,
    PHONE,
    find_customer,
    person_out,
    seconds,
)
from zhiyin.compat.services.people import GivenPerson, create_person, forget_pending
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.services import order_erasure

LONGEST_DELAY = 366 * 86_400
LATEST_SECOND = 32_503_680_000
Moment = Annotated[int, Field(ge=0, le=LATEST_SECOND)]
Key = Annotated[int, Field(ge=0, le=2**63 - 1)]

router = Router()


class PersonIn(Schema):
    email: str = Field("", max_length=254)
    phone_number: str = Field("", max_length=40)
    name: str = Field("", max_length=200)
    channel: str = ""
    delay: int = Field(0, ge=0, le=LONGEST_DELAY)
    send: bool = True
    last_sent_at: Moment | None = None
    properties: dict[str, str | int | float | bool | None] = Field(
        default_factory=dict,
        max_length=100,
    )


def _texts(given: dict[str, Any]) -> dict[str, str]:
    return {
        name.replace("\x00", "")[:200]: str(value).replace("\x00", "")[:1000]
        for name, value in given.items()
        if name.strip() and value is not None
    }


@both(
    router,
    "POST",
    "/people",
    auth=KeyAsUser("invitations", Permission.EDIT_PROGRAMS),
    response={201: dict[str, Any]},
)
def create_delighted_person(request: HttpRequest, payload: PersonIn) -> Status[Any]:
    """Keep a person, and ask them after the delay unless `send` is false."""
    person = person_of(request)
    sent = payload.last_sent_at
    customer, member = create_person(
        organisation=person.organisation,
        given=GivenPerson(
            email=payload.email.strip(),
            phone_number=payload.phone_number.strip(),
            channel=payload.channel,
            delay_seconds=payload.delay,
            is_asked=payload.send,
            last_sent_at=dt.datetime.fromtimestamp(sent, dt.UTC) if sent else None,
            properties=_texts(payload.properties),
        ),
    )
    # Whoever told the address may read it back.
    out = person_out(customer, reveals=False)
    out |= {EMAIL: payload.email or None, PHONE: payload.phone_number or None}
    out["name"] = payload.name or None
    out["survey_scheduled_at"] = seconds(member.due_at) if member else None
    return Status(201, out)


class ListQuery(Schema):
    cursor: Key = 0
    per_page: int = Field(PER_PAGE, ge=1, le=MOST_PER_PAGE)
    since: Moment | None = None
    until: Moment | None = None
    email: str = Field("", max_length=254)
    phone_number: str = Field("", max_length=40)


@both(
    router,
    "GET",
    "/people",
    auth=KeyAsUser("customers", Permission.SEE_CUSTOMERS),
    response=list[dict[str, Any]],
)
def list_delighted_people(
    request: HttpRequest,
    response: HttpResponse,
) -> list[dict[str, Any]]:
    """List people by number; the next page's address is in the Link header."""
    person = person_of(request)
    query = ListQuery.model_validate(request.GET.dict())
    needs_whole_organisation(person, Permission.SEE_CUSTOMERS)
    reveals = may_reveal(person, Permission.REVEAL_PERSONAL_DATA)
    rows = Customer.objects.visible_to(person).filter(pk__gt=query.cursor)
    for name, text in ((EMAIL, query.email), (PHONE, query.phone_number)):
        if text:
            found = find_customer(person.organisation_id, name, text)
            rows = rows.filter(pk=found.pk if found else 0)
    for name, moment in (("gte", query.since), ("lte", query.until)):
        if moment is not None:
            at = dt.datetime.fromtimestamp(moment, dt.UTC)
            rows = rows.filter(**{f"created_at__{name}": at})
    ordered = rows.order_by("pk").prefetch_related("contact_points")
    shown = list(ordered[: query.per_page + 1])
    if len(shown) > query.per_page:
        shown = shown[: query.per_page]
        response["Link"] = f'<{_next(request, shown[-1].pk)}>; rel="next"'
    note_reveal(person, len(shown), reveals=reveals)
    return [person_out(each, reveals=reveals) for each in shown]


def _next(request: HttpRequest, cursor: int) -> str:
    query = request.GET.copy()
    query["cursor"] = str(cursor)
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def _customer(person: Person, identifier: str) -> Customer:
    """Return a person by number, or by `email:` or `phone_number:` and the address."""
    text = identifier.removesuffix(".json")
    kind, colon, address = text.partition(":")
    found: Customer | None = None
    if colon and kind in {EMAIL, PHONE}:
        found = find_customer(person.organisation_id, kind, address)
    elif text.isascii() and text.isdigit() and len(text) < len(str(2**63)):
        rows = Customer.objects.of(person.organisation_id)
        found = rows.filter(pk=int(text)).first()
    if found is None:
        raise Http404
    return found


@router.delete(
    "/people/{identifier}",
    auth=KeyAsUser("customers", Permission.ERASE_RESPONSES),
    response={202: dict[str, bool]},
)
def delete_delighted_person(request: HttpRequest, identifier: str) -> Status[Any]:
    """Forget a person; a wish not to be asked stays as a hash."""
    person = person_of(request)
    needs_whole_organisation(person, Permission.ERASE_RESPONSES)
    customer = _customer(person, identifier)
    forget_pending(customer=customer)
    order_erasure(customer=customer, by=person, reason="DELETE people")
    return Status(202, {"ok": True})


@both(
    router,
    "DELETE",
    "/people/{email}/survey_requests/pending",
    auth=KeyAsUser("invitations", Permission.EDIT_PROGRAMS),
    response=dict[str, bool],
)
def delete_delighted_pending(request: HttpRequest, email: str) -> dict[str, bool]:
    """Withdraw what is not yet sent to a person."""
    person = person_of(request)
    customer = find_customer(person.organisation_id, EMAIL, email)
    if customer is None:
        raise Http404
    forget_pending(customer=customer)
    return {"ok": True}
