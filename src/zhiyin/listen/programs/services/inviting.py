"""One customer to be asked, because another program wishes it: a member of a frame.

The wish is kept at once and answered later by whoever sends: the contact policy
decides then, and the member keeps what became of it, for one named reason.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction

from zhiyin.accounts.services import record
from zhiyin.common import clock
from zhiyin.listen.customers.models import Customer, FieldKind
from zhiyin.listen.customers.services import ensure_fields, sift
from zhiyin.listen.programs.models import (
    FrameMember,
    FrameState,
    Invitation,
    Programme,
)

OPEN_STATES = (FrameState.WAITING, FrameState.DEFERRED)
WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Wish:
    """Whom to ask on which occasion, when, and what is known then."""

    customer: Customer
    key: str
    due_at: dt.datetime | None = None
    employee: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def request_invitation(*, programme: Programme, wish: Wish) -> tuple[FrameMember, bool]:
    """Wish that a customer be asked; return the member and whether it is new.

    The same key in the same programme is the same occasion and changes nothing.
    """
    now = clock.now()
    due = wish.due_at or now + dt.timedelta(minutes=programme.delay_minutes)
    told, _left_out = sift(programme.organisation_id, wish.attributes)
    fields = ensure_fields(
        organisation=programme.organisation,
        fields=[(name, FieldKind.CATEGORY, False) for name in told],
    )
    known = zip(fields, told.values(), strict=True)
    member, is_new = FrameMember.objects.get_or_create(
        programme=programme,
        key=wish.key,
        defaults={
            "organisation_id": programme.organisation_id,
            "customer": wish.customer,
            "department_id": wish.customer.department_id,
            "employee": wish.employee[:80],
            "attributes": {each.code: value for each, value in known},
            "due_at": due,
            "expires_at": due + dt.timedelta(hours=programme.expires_hours),
            "created_at": now,
        },
    )
    if is_new:
        record(action="invitation.requested", target=member, programme=programme.code)
    return member, is_new


@transaction.atomic
def withdraw_request(*, member: FrameMember) -> None:
    """Ask no more: before sending nothing leaves, afterwards the link is dead."""
    now = clock.now()
    FrameMember.objects.filter(pk=member.pk, state__in=OPEN_STATES).update(
        state=FrameState.CANCELLED,
        reason=WITHDRAWN,
        settled_at=now,
    )
    if member.invitation_id is not None:
        Invitation.objects.filter(
            pk=member.invitation_id,
            withdrawn_at=None,
            answered_at=None,
        ).update(withdrawn_at=now, expires_at=now)
    record(action="invitation.withdrawn", target=member)
    member.refresh_from_db()
