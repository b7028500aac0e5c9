"""Customers, their events and their consent through the API."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal, get_args

from django.db import IntegrityError
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema, Status
from ninja.errors import HttpError

from zhiyin.accounts.api import TokenOrSession
from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.common.confidential import keyed_hash, one_spelling
from zhiyin.listen.customers import services
from zhiyin.listen.customers.models import Audience, Customer
from zhiyin.listen.customers.queries import (
    consent_in_force,
    fields_shown,
    portability_of,
)
from zhiyin.listen.customers.services import NewCustomer, NewEvent, Proof

MOST_AT_ONCE = 1_000
LARGEST_PAGE = 500
# A larger number is no row of any database.
LARGEST_ID = 2**63 - 1

router = Router(tags=["customers"])
Key = Annotated[str, Field(max_length=200, description="The customer's key.")]
Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Purposes = Literal["service", "survey", "marketing", "profiling", "sensitive"]


class CustomerIn(Schema):
    """A customer as another system knows them; what is left out changes nothing."""

    key: Key
    audience: str = Field("", max_length=12, description=", ".join(Audience.values))
    language: str = Field("", max_length=10)
    department: str = Field("", max_length=300, description="A code.")
    is_test: bool | None = None
    is_staff: bool | None = None
    phone: str = Field("", max_length=40)
    email: str = Field("", max_length=200)
    wechat: str = Field("", max_length=100)
    wecom: str = Field("", max_length=100)

    def told(self) -> NewCustomer:
        """Return it as the service takes it."""
        kinds = ("phone", "email", "wechat", "wecom")
        given = self.dict(exclude=set(kinds))
        addresses = [(kind, getattr(self, kind)) for kind in kinds]
        kept = [(kind, address) for kind, address in addresses if address.strip()]
        return NewCustomer(**given, addresses=kept)


class CustomersIn(Schema):
    """Up to 1,000 customers at once."""

    customers: list[CustomerIn] = Field(min_length=1, max_length=MOST_AT_ONCE)


class RejectedOut(Schema):
    """What was not taken: its place in the list, beginning with 0, and why."""

    place: int
    key: str
    reason: str


class LeftOutOut(Schema):
    """An attribute of which nothing was kept, of which event, and why."""

    place: int
    key: str
    attribute: str
    reason: str


class OrderedOut(Schema):
    erasure: int
    proof: str


class RecordedOut(Schema):
    """What became of what was handed over; `ids` follows the order given."""

    new: int
    known: int
    rejected: list[RejectedOut]
    ids: list[int | None] = Field(default_factory=list)
    left_out: list[LeftOutOut] = Field(default_factory=list)


class CustomerOut(Schema):
    """A customer; the key stays masked."""

    id: int
    customer: str
    audience: str
    language: str
    department: str
    is_test: bool
    is_staff: bool
    opted_out_at: dt.datetime | None
    created_at: dt.datetime


class CustomersOut(Schema):
    """A page of customers, the newest first; `next` goes into `before`."""

    items: list[CustomerOut]
    next: int | None


class ContactPointOut(Schema):
    """One way to reach a customer, masked."""

    kind: str
    address: str
    is_preferred: bool
    unusable_since: dt.datetime | None
    unusable_because: str


class KnownOut(Schema):
    """One field with the date as of which it was told; sensitive ones lack a value."""

    value: Any
    as_of: dt.date
    sensitivity: str


class OneCustomerOut(CustomerOut):
    """A customer with contact points, consent in force and what is known now."""

    mnp_state: str = Field(
        description="none, queried, authorised, ported_out or ported_in."
    )
    mnp_since: dt.datetime | None
    contact_points: list[ContactPointOut]
    consent: dict[str, str | None]
    known: dict[str, KnownOut]


class CustomersQuery(Schema):
    """What the list is narrowed to."""

    key: str = Field("", max_length=200, description="The whole key.")
    audience: str = Field("", max_length=12)
    opted_out: bool | None = None
    before: Id | None = None
    limit: int = Field(100, ge=1, le=LARGEST_PAGE)


class EventIn(Schema):
    """One thing that happened to a customer; `key` is your own name of it."""

    customer: Key
    kind: str = Field(max_length=200)
    key: str = Field(max_length=200)
    occurred_at: dt.datetime = Field(description="With its zone.")
    department: str = Field("", max_length=300, description="A code.")
    employee: str = Field("", max_length=80)
    attributes: dict[str, str | bool | Number | None] = Field(
        default_factory=dict,
        max_length=100,
    )


class EventsIn(Schema):
    """Up to 1,000 events at once; told again, an event changes nothing."""

    events: list[EventIn] = Field(min_length=1, max_length=MOST_AT_ONCE)


class ConsentIn(Schema):
    """One line for the ledger; without a channel it speaks of all of them."""

    customer: Key
    purpose: Purposes
    state: Literal["granted", "refused", "withdrawn"]
    channel: str = Field("", max_length=20)
    notice_version: str = Field("", max_length=40)
    source: str = Field("", max_length=60)
    evidence: str = Field("", max_length=300)


class ConsentOut(Schema):
    """The line that was added."""

    id: int
    customer_id: int
    purpose: str
    channel: str
    state: str
    recorded_at: dt.datetime


def _shown(customer: Customer) -> dict[str, Any]:
    names = (
        "audience",
        "language",
        "is_test",
        "is_staff",
        "opted_out_at",
        "created_at",
    )
    department = customer.department
    return {
        "id": customer.pk,
        "customer": customer.key_masked,
        "department": department.code if department else "",
        **{name: getattr(customer, name) for name in names},
    }


def _plain(texts: str) -> str:
    if "\x00" in texts:
        raise HttpError(422, "No text may hold the character NUL.")
    return texts


@router.post(
    "/customers",
    response=RecordedOut,
    auth=TokenOrSession(Permission.EDIT_CUSTOMERS),
    summary="Make customers known, or complete them",
)
def write_customers(request: HttpRequest, given: CustomersIn) -> RecordedOut:
    """Take up to 1,000 customers; one that is at fault hides no other."""
    told = [each.told() for each in given.customers]
    organisation = person_of(request).organisation
    try:
        done = services.record_customers(organisation=organisation, customers=told)
    except IntegrityError:
        # Another call made the same customer at the same moment; now it is known.
        done = services.record_customers(organisation=organisation, customers=told)
    rejected = [
        RejectedOut(place=each.place, key=each.field, reason=each.reason)
        for each in done.rejected
    ]
    return RecordedOut(
        new=done.new, known=done.known, rejected=rejected, ids=list(done.ids)
    )


@router.get(
    "/customers",
    response=CustomersOut,
    auth=TokenOrSession(Permission.SEE_CUSTOMERS),
    summary="Read customers, masked",
)
def read_customers(
    request: HttpRequest, wanted: Query[CustomersQuery]
) -> dict[str, Any]:
    """Return a page of the customers the caller may see."""
    person = person_of(request)
    rows = Customer.objects.visible_to(person).exclude(key_encrypted=b"")
    if wanted.key:
        text = one_spelling(_plain(wanted.key))
        rows = rows.filter(key_hash=keyed_hash(person.organisation_id, text))
    if wanted.audience:
        rows = rows.filter(audience=_plain(wanted.audience))
    if wanted.opted_out is not None:
        rows = rows.filter(opted_out_at__isnull=not wanted.opted_out)
    if wanted.before:
        rows = rows.filter(pk__lt=wanted.before)
    listed = rows.select_related("department").order_by("-pk")
    found = list(listed[: wanted.limit + 1])
    shown = found[: wanted.limit]
    return {
        "items": [_shown(each) for each in shown],
        "next": shown[-1].pk if len(found) > wanted.limit else None,
    }


@router.get(
    "/customers/{pk}",
    response=OneCustomerOut,
    auth=TokenOrSession(Permission.SEE_CUSTOMERS),
    summary="Read one customer, masked",
)
def read_customer(request: HttpRequest, pk: Id) -> dict[str, Any]:
    """Return a customer with what is known as of now."""
    rows = Customer.objects.visible_to(person_of(request)).select_related("department")
    customer = get_object_or_404(rows, pk=pk)
    purposes = get_args(Purposes)
    return {
        **_shown(customer),
        "mnp_state": portability_of(customer),
        "mnp_since": customer.mnp_since,
        "contact_points": [
            {
                "kind": point.kind,
                "address": point.address_masked,
                "is_preferred": point.is_preferred,
                "unusable_since": point.unusable_since,
                "unusable_because": point.unusable_because,
            }
            for point in customer.contact_points.all()
        ],
        "consent": {
            purpose: consent_in_force([pk], purpose)[pk] for purpose in purposes
        },
        "known": {
            each.code: {
                "value": each.value,
                "as_of": each.as_of,
                "sensitivity": each.sensitivity,
            }
            for each in fields_shown(customer)
        },
    }


@router.delete(
    "/customers/{pk}",
    response={202: OrderedOut},
    auth=TokenOrSession(Permission.ERASE_RESPONSES),
    summary="Erase a customer for good",
)
def erase(
    request: HttpRequest,
    pk: Id,
    reason: Annotated[str, Field(max_length=300)] = "",
) -> Status[OrderedOut]:
    """Order the erasure from every place; a code that names nobody stays.

    Nothing is sent to the customer from now on. The erasure is done in the background;
    `proof` is the page that says how far it is.
    """
    person = person_of(request)
    rows = Customer.objects.visible_to(person).exclude(key_encrypted=b"")
    ordered = services.order_erasure(
        customer=get_object_or_404(rows, pk=pk), by=person, reason=_plain(reason)
    )
    return Status(202, OrderedOut(erasure=ordered.number, proof=ordered.url))


@router.post(
    "/events",
    response={202: RecordedOut},
    auth=TokenOrSession(Permission.IMPORT_RESPONSES),
    summary="Tell what happened to customers",
)
def write_events(request: HttpRequest, given: EventsIn) -> Status[RecordedOut]:
    """Take up to 1,000 events; unknown customers are made known."""
    told = [NewEvent(**each.dict(), source="api") for each in given.events]
    done = services.record_events(
        organisation=person_of(request).organisation,
        events=told,
    )
    rejected = [
        RejectedOut(place=each.place, key=each.key, reason=each.reason)
        for each in done.rejected
    ]
    left_out = [LeftOutOut(**vars(each)) for each in done.left_out]
    return Status(
        202,
        RecordedOut(
            new=done.new, known=done.known, rejected=rejected, left_out=left_out
        ),
    )


@router.post(
    "/consents",
    response={201: ConsentOut},
    auth=TokenOrSession(Permission.EDIT_CUSTOMERS),
    summary="Record what a customer agreed to",
)
def write_consent(request: HttpRequest, given: ConsentIn) -> Status[dict[str, Any]]:
    """Add a line to the ledger; the newest line of a purpose and channel holds."""
    person = person_of(request)
    for text in given.dict().values():
        _plain(text)
    try:
        customer = services.get_or_create_customer(
            organisation=person.organisation,
            key=given.customer,
        )
    except ValueError as error:
        raise HttpError(422, str(error)) from error
    line = services.record_consent(
        customer=customer,
        purpose=given.purpose,
        state=given.state,
        channel=given.channel,
        proof=Proof(given.notice_version, given.source, given.evidence),
        by=person,
    )
    names = ("id", "customer_id", "purpose", "channel", "state", "recorded_at")
    return Status(201, {name: getattr(line, name) for name in names})
