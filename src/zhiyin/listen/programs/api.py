"""Programmes through the API: what is asked when, and who is to be asked now."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema, Status

from zhiyin.accounts.api import TokenOrSession
from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.common import clock
from zhiyin.common.paging import link_to_next
from zhiyin.listen.customers.services import get_or_create_customer
from zhiyin.listen.programs.models import (
    FrameMember,
    FrameState,
    Programme,
    Touchpoint,
)
from zhiyin.listen.programs.services.inviting import (
    Wish,
    request_invitation,
    withdraw_request,
)

LARGEST_ID = 2**63 - 1
LONGEST_AHEAD = dt.timedelta(days=366)
router = Router(tags=["invitations"])


class TouchpointOut(Schema):
    code: str
    name: str
    is_active: bool


class ProgrammeOut(Schema):
    code: str
    name: str
    stream: str
    trigger: str
    event_kind: str
    touchpoint: str
    survey: str
    channel: str
    is_live: bool


class InvitationIn(Schema):
    """One customer to be asked by a programme."""

    programme: str = Field(max_length=60, description="The programme's code.")
    customer: str = Field(max_length=200, description="The customer's key.")
    key: str = Field(
        "",
        max_length=100,
        description="Your name of the occasion; the same one asks once.",
    )
    due_at: dt.datetime | None = Field(
        None,
        description="With its zone; after the programme's delay where it is left out.",
    )
    employee: str = Field("", max_length=80)
    attributes: dict[str, str] = Field(default_factory=dict, max_length=100)


class InvitationOut(Schema):
    """A wish to ask, and what came of it; `reason` says why somebody is not asked."""

    id: int
    programme: str
    customer_id: int
    customer: str
    key: str
    state: str
    reason: str
    due_at: dt.datetime
    expires_at: dt.datetime
    created_at: dt.datetime
    settled_at: dt.datetime | None
    channel: str
    sent_at: dt.datetime | None
    delivered_at: dt.datetime | None
    failed_at: dt.datetime | None
    answered_at: dt.datetime | None


class InvitationsOut(Schema):
    """A page of invitations, newest first; `next` goes into `before`."""

    items: list[InvitationOut]
    next: int | None


class InvitationQuery(Schema):
    programme: str = Field("", max_length=60)
    state: FrameState | None = None
    before: int | None = Field(None, ge=1, le=LARGEST_ID)
    limit: int = Field(100, ge=1, le=500)


def _out(member: FrameMember) -> InvitationOut:
    sent = member.invitation
    return InvitationOut(
        id=member.pk,
        programme=member.programme.code,
        customer_id=member.customer_id,
        customer=member.customer.key_masked,
        key=member.key,
        state=member.state,
        reason=member.reason,
        due_at=member.due_at,
        expires_at=member.expires_at,
        created_at=member.created_at,
        settled_at=member.settled_at,
        channel=sent.channel if sent else "",
        sent_at=sent.sent_at if sent else None,
        delivered_at=sent.delivered_at if sent else None,
        failed_at=sent.failed_at if sent else None,
        answered_at=sent.answered_at if sent else None,
    )


def _members(request: HttpRequest) -> Any:
    rows = FrameMember.objects.visible_to(person_of(request))
    # Who is asked in a wave stays hidden from the units that are assessed by it.
    shown = rows.exclude(wave__locked_until__gt=clock.now())
    return shown.select_related("programme", "customer", "invitation")


def _member(request: HttpRequest, number: int) -> FrameMember:
    found = (
        _members(request).filter(pk=number).first() if number <= LARGEST_ID else None
    )
    if found is None:
        raise Http404
    member: FrameMember = found
    return member


@router.get(
    "/touchpoints",
    auth=TokenOrSession(Permission.SEE_SCORES),
    response=list[TouchpointOut],
    summary="Touchpoints, by their codes",
)
def list_touchpoints(request: HttpRequest) -> list[TouchpointOut]:
    """Return every touchpoint."""
    rows = Touchpoint.objects.visible_to(person_of(request))
    return [
        TouchpointOut(code=each.code, name=each.name, is_active=each.is_active)
        for each in rows
    ]


@router.get(
    "/programmes",
    auth=TokenOrSession(Permission.SEE_SCORES),
    response=list[ProgrammeOut],
    summary="Programmes, by their codes",
)
def list_programmes(request: HttpRequest) -> list[ProgrammeOut]:
    """Return every programme."""
    rows = Programme.objects.visible_to(person_of(request))
    return [
        ProgrammeOut(
            code=each.code,
            name=each.name,
            stream=each.stream,
            trigger=each.trigger,
            event_kind=each.event_kind,
            touchpoint=each.touchpoint.code if each.touchpoint else "",
            survey=each.instrument.code if each.instrument else "",
            channel=each.channel,
            is_live=each.is_live,
        )
        for each in rows.select_related("touchpoint", "instrument")
    ]


@router.post(
    "/invitations",
    auth=TokenOrSession(Permission.EDIT_PROGRAMS),
    response={200: InvitationOut, 201: InvitationOut},
    summary="Wish that a customer be asked",
)
def create_invitation(
    request: HttpRequest,
    payload: InvitationIn,
) -> Status[InvitationOut]:
    """Keep the wish: 201 when it is new, 200 for an occasion that was met before.

    The contact policy decides when the time has come; read the invitation to learn
    what it said.
    """
    person = person_of(request)
    rows = Programme.objects.visible_to(person).select_related("organisation")
    programme = rows.filter(code=payload.programme.replace("\x00", "")).first()
    if programme is None:
        message = f"there is no programme {payload.programme!r}"
        raise ValidationError(message)
    _check_time(payload.due_at)
    try:
        customer = get_or_create_customer(
            organisation=programme.organisation,
            key=payload.customer.replace("\x00", ""),
        )
    except ValueError as error:
        raise ValidationError(str(error)) from error
    key = payload.key.replace("\x00", "") or secrets.token_hex(16)
    member, is_new = request_invitation(
        programme=programme,
        wish=Wish(
            customer=customer,
            key=f"api:{key}",
            due_at=payload.due_at,
            employee=payload.employee.replace("\x00", ""),
            attributes={
                name.replace("\x00", ""): text.replace("\x00", "")[:1000]
                for name, text in payload.attributes.items()
                if name.replace("\x00", "").strip()
            },
        ),
    )
    return Status(201 if is_new else 200, _out(member))


def _check_time(due_at: dt.datetime | None) -> None:
    if due_at is None:
        return
    if due_at.tzinfo is None:
        message = "due_at needs its zone, such as 2026-05-03T09:00:00+08:00"
        raise ValidationError(message)
    if abs(due_at - clock.now()) > LONGEST_AHEAD:
        message = f"due_at lies more than a year away; received {due_at.isoformat()}"
        raise ValidationError(message)


@router.get(
    "/invitations",
    auth=TokenOrSession(Permission.EDIT_PROGRAMS),
    response=InvitationsOut,
    summary="Invitations, newest first",
)
def list_invitations(
    request: HttpRequest,
    response: HttpResponse,
    query: Annotated[InvitationQuery, Query()],
) -> InvitationsOut:
    """Return one page of wishes to ask with what came of them."""
    rows = _members(request)
    if query.programme:
        rows = rows.filter(programme__code=query.programme.replace("\x00", ""))
    if query.state:
        rows = rows.filter(state=query.state)
    if query.before:
        rows = rows.filter(pk__lt=query.before)
    found = list(rows.order_by("-pk")[: query.limit + 1])
    shown = found[: query.limit]
    following = shown[-1].pk if len(found) > query.limit else None
    link_to_next(request, response, before=following)
    return InvitationsOut(items=[_out(each) for each in shown], next=following)


@router.get(
    "/invitations/{int:invitation_id}",
    auth=TokenOrSession(Permission.EDIT_PROGRAMS),
    response=InvitationOut,
    summary="One invitation, and what came of it",
)
def get_invitation(request: HttpRequest, invitation_id: int) -> InvitationOut:
    """Return one wish to ask."""
    return _out(_member(request, invitation_id))


@router.post(
    "/invitations/{int:invitation_id}/withdraw",
    auth=TokenOrSession(Permission.EDIT_PROGRAMS),
    response=InvitationOut,
    summary="Withdraw an invitation",
)
def withdraw_one(request: HttpRequest, invitation_id: int) -> InvitationOut:
    """Send nothing more; a link that was sent is answered no more."""
    withdraw_request(member=_member(request, invitation_id))
    return _out(_member(request, invitation_id))
