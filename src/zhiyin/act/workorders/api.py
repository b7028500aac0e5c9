"""Work orders through the API: an own system says what it did with a case."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema, Status

from zhiyin.accounts.api import TokenOrSession
from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.act.workorders.models import Conflict, WorkOrder, WorkOrderSystem
from zhiyin.act.workorders.queries.orders import conflicts_of, orders_of
from zhiyin.act.workorders.queries.snapshots import named, snapshot
from zhiyin.act.workorders.services.taking import Told, take_order
from zhiyin.common.paging import link_to_next

LARGEST_ID = 2**63 - 1
LARGEST_NUMBER = 2**31 - 1
LONGEST_TEXT = 10_000
MOST_CONFLICTS = 50
router = Router(tags=["work orders"])


class WorkOrderIn(Schema):
    """What the other system says of one case; what it leaves out stays as it is."""

    number: int | None = Field(
        None, ge=1, le=LARGEST_NUMBER, description="Our number of the case, if known."
    )
    customer: str = Field(
        "",
        max_length=200,
        description="The customer's key, to open a case where no number is given.",
    )
    fields: dict[str, str | list[str]] = Field(
        default_factory=dict,
        max_length=20,
        description="By the names and words that the system was given here.",
    )
    comments: list[Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]] = (
        Field(default_factory=list, max_length=50)
    )
    at: dt.datetime | None = Field(
        None,
        description="When it was changed there, with its zone; older news is left.",
    )


class ConflictOut(Schema):
    """A field that both sides changed: what each said, and what was kept."""

    field: str
    ours: Any
    theirs: Any
    kept: str
    because: str
    at: dt.datetime


class WorkOrderOut(Schema):
    """One case as the other system knows it, in its own words."""

    system: str
    external_id: str | None
    number: int
    version: int
    fields: dict[str, Any]
    told_at: dt.datetime | None
    heard_at: dt.datetime | None
    conflicts: list[ConflictOut]


class TakenOut(WorkOrderOut):
    """What came of a call: which fields were taken over; stale news changes nothing."""

    taken: list[str]
    is_stale: bool


class WorkOrdersOut(Schema):
    """A page of work orders, newest first; `next` goes into `before`."""

    items: list[WorkOrderOut]
    next: int | None


class WorkOrderQuery(Schema):
    system: str = Field("", max_length=40)
    before: int | None = Field(None, ge=1, le=LARGEST_ID)
    limit: int = Field(50, ge=1, le=200)


def _conflict(found: Conflict) -> ConflictOut:
    return ConflictOut(
        field=found.field,
        ours=found.ours,
        theirs=found.theirs,
        kept=found.kept,
        because=found.because,
        at=found.at,
    )


def _parts(order: WorkOrder) -> dict[str, Any]:
    newest = conflicts_of(order)[:MOST_CONFLICTS]
    return {
        "system": order.system.code,
        "external_id": order.external_id,
        "number": order.case.number,
        "version": order.case.version,
        "fields": named(order.system, snapshot(order.case)),
        "told_at": order.told_at,
        "heard_at": order.heard_at,
        "conflicts": [_conflict(each) for each in newest],
    }


def _system(request: HttpRequest, code: str) -> WorkOrderSystem:
    rows = WorkOrderSystem.objects.visible_to(person_of(request))
    found = rows.filter(code=code.replace("\x00", ""), is_live=True).first()
    if found is None:
        raise Http404
    return found


@router.put(
    "/work-orders/{system}/{external_id}",
    auth=TokenOrSession(Permission.WORK_CASES),
    response={200: TakenOut, 201: TakenOut},
    summary="Say what your system knows of a case",
)
def put_work_order(
    request: HttpRequest, system: str, external_id: str, payload: WorkOrderIn
) -> Status[TakenOut]:
    """Take over what changed there: 201 when the number is new here, else 200.

    Where both sides changed the same field, the rule of the system decides; the
    answer and the case's page name every such field.
    """
    if payload.at is not None and payload.at.tzinfo is None:
        message = "at needs its zone, such as 2026-05-03T09:00:00+08:00"
        raise ValidationError(message)
    told = Told(
        external_id=_plain(external_id)[:120],
        number=payload.number,
        customer=_plain(payload.customer),
        fields={_plain(name): _clean(each) for name, each in payload.fields.items()},
        comments=[_plain(each) for each in payload.comments],
        at=payload.at,
    )
    if not told.external_id.strip():
        message = "the address needs your number of the order"
        raise ValidationError(message)
    found = _system(request, system)
    taken = take_order(system=found, told=told, by=person_of(request))
    out = TakenOut(
        **_parts(taken.order), taken=list(taken.taken), is_stale=taken.is_stale
    )
    return Status(201 if taken.is_new else 200, out)


def _plain(text: str) -> str:
    return text.replace("\x00", "")


def _clean(value: str | list[str]) -> str | list[str]:
    if isinstance(value, list):
        return [_plain(each)[:LONGEST_TEXT] for each in value[:50]]
    return _plain(value)[:LONGEST_TEXT]


@router.get(
    "/work-orders/{system}/{external_id}",
    auth=TokenOrSession(Permission.SEE_CASES),
    response=WorkOrderOut,
    summary="One work order by your number",
)
def get_work_order(request: HttpRequest, system: str, external_id: str) -> WorkOrderOut:
    """Return a case as it stands here, in the words of your system."""
    rows = orders_of(person_of(request)).filter(system__code=_plain(system))
    order = rows.filter(external_id=_plain(external_id)).first()
    if order is None:
        raise Http404
    return WorkOrderOut(**_parts(order))


@router.get(
    "/work-orders",
    auth=TokenOrSession(Permission.SEE_CASES),
    response=WorkOrdersOut,
    summary="Work orders, newest first",
)
def list_work_orders(
    request: HttpRequest,
    response: HttpResponse,
    query: Annotated[WorkOrderQuery, Query()],
) -> WorkOrdersOut:
    """Return one page of work orders."""
    rows = orders_of(person_of(request))
    if query.system:
        rows = rows.filter(system__code=_plain(query.system))
    if query.before:
        rows = rows.filter(pk__lt=query.before)
    found = list(rows[: query.limit + 1])
    shown = found[: query.limit]
    following = shown[-1].pk if len(found) > query.limit else None
    link_to_next(request, response, before=following)
    return WorkOrdersOut(
        items=[WorkOrderOut(**_parts(each)) for each in shown], next=following
    )
