"""Who wants no more questions, whose address is dead, and what is not offered here."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from zhiyin.accounts.models import Permission, Person
from zhiyin.accounts.queries.requests import person_of
from zhiyin.compat.api.doors import (
    KeyAsUser,
    both,
    may_reveal,
    needs_whole_organisation,
    note_reveal,
    page_of,
)
from zhiyin.compat.queries.delighted import EMAIL, find_customer, person_out, seconds
from zhiyin.listen.customers.models import ContactPoint, Customer
from zhiyin.listen.customers.services import get_or_create_customer, withdraw_customer

router = Router()


class LeaverIn(Schema):
    person_email: str = Field(max_length=254)


def _reveals(person: Person) -> bool:
    needs_whole_organisation(person, Permission.SEE_CUSTOMERS)
    return may_reveal(person, Permission.REVEAL_PERSONAL_DATA)


def _within(request: HttpRequest, column: str) -> dict[str, dt.datetime]:
    found = {}
    for name, suffix in (("since", "gte"), ("until", "lte")):
        text = request.GET.get(name)
        if text:
            try:
                moment = dt.datetime.fromtimestamp(int(text), dt.UTC)
            except (OverflowError, OSError) as error:
                message = f"{name} is a time in seconds since 1970"
                raise ValueError(message) from error
            found[f"{column}__{suffix}"] = moment
    return found


def _leaver(
    customer: Customer, name: str, at: dt.datetime | None, *, reveals: bool
) -> dict[str, Any]:
    shown = person_out(customer, reveals=reveals)
    return {
        "person_id": shown["id"],
        EMAIL: shown[EMAIL],
        "name": None,
        name: seconds(at),
    }


@both(
    router,
    "GET",
    "/unsubscribes",
    auth=KeyAsUser("customers", Permission.SEE_CUSTOMERS),
    response=list[dict[str, Any]],
)
def list_delighted_unsubscribes(request: HttpRequest) -> list[dict[str, Any]]:
    """List who wants no more questions."""
    person = person_of(request)
    page, size = page_of(request)
    reveals = _reveals(person)
    rows = (
        Customer.objects.visible_to(person)
        .exclude(opted_out_at=None)
        .filter(**_within(request, "opted_out_at"))
        .order_by("opted_out_at", "pk")
        .prefetch_related("contact_points")
    )
    shown = list(rows[(page - 1) * size : page * size])
    note_reveal(person, len(shown), reveals=reveals)
    return [
        _leaver(each, "unsubscribed_at", each.opted_out_at, reveals=reveals)
        for each in shown
    ]


@both(
    router,
    "POST",
    "/unsubscribes",
    auth=KeyAsUser("customers", Permission.EDIT_CUSTOMERS),
    response={201: dict[str, bool]},
)
def create_delighted_unsubscribe(
    request: HttpRequest,
    payload: LeaverIn,
) -> Status[Any]:
    """Ask this person nothing more, known or not."""
    person = person_of(request)
    address = payload.person_email.strip()
    customer = find_customer(person.organisation_id, EMAIL, address)
    if customer is None:
        customer = get_or_create_customer(
            organisation=person.organisation,
            key=address,
        )
    withdraw_customer(customer=customer, source="delighted")
    return Status(201, {"ok": True})


@both(
    router,
    "GET",
    "/bounces",
    auth=KeyAsUser("customers", Permission.SEE_CUSTOMERS),
    response=list[dict[str, Any]],
)
def list_delighted_bounces(request: HttpRequest) -> list[dict[str, Any]]:
    """List whose mail came back."""
    person = person_of(request)
    page, size = page_of(request)
    reveals = _reveals(person)
    rows = (
        ContactPoint.objects.visible_to(person)
        .filter(kind="email", **_within(request, "unusable_since"))
        .exclude(unusable_since=None)
        .order_by("unusable_since", "pk")
        .select_related("customer")
        .prefetch_related("customer__contact_points")
    )
    shown = list(rows[(page - 1) * size : page * size])
    note_reveal(person, len(shown), reveals=reveals)
    return [
        _leaver(each.customer, "bounced_at", each.unusable_since, reveals=reveals)
        for each in shown
    ]


def _no_autopilot(called: str) -> dict[str, Any]:
    message = (
        f"autopilot/{called} is not offered: customers are asked at intervals by a "
        "programme with waves, whose frame is chosen there and not person by person."
    )
    raise ValidationError(message)


@router.api_operation(
    ["GET", "POST", "DELETE"],
    "/autopilot/{path:rest}",
    auth=KeyAsUser("invitations", Permission.EDIT_PROGRAMS),
    response=dict[str, Any],
)
def delighted_autopilot(
    request: HttpRequest,  # noqa: ARG001 The library hands it over first.
    rest: str,
) -> dict[str, Any]:
    """Say what takes the place of Autopilot here."""
    return _no_autopilot(rest[:60])
