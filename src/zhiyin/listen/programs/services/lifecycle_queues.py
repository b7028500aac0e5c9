"""Emptying every queue of what waits for somebody who wants to hear no more."""

from __future__ import annotations

from collections.abc import Collection

from zhiyin.channels.models import Message, MessageClass, MessageState
from zhiyin.channels.services import cancel_message
from zhiyin.common import clock
from zhiyin.listen.contacts.models import RuleName
from zhiyin.listen.customers.models import ContactPoint, Customer
from zhiyin.listen.programs.models import FrameMember, FrameState

REFUSABLE = (MessageClass.SURVEY, MessageClass.MARKETING)
OPEN_STATES = (FrameState.WAITING, FrameState.DEFERRED)


def empty_queues(
    *,
    organisation: int,
    customers: Collection[int],
    addresses: Collection[str] = (),
    for_every_purpose: bool = False,
) -> int:
    """Cancel what waits for these customers, whatever it is about.

    Messages of service stay unless every purpose was refused: who wants no questions
    still gets the confirmation of an order. Returns how many messages were cancelled.
    """
    points = ContactPoint.objects.filter(customer_id__in=customers)
    own = Customer.objects.filter(pk__in=customers)
    hashes = {
        *addresses,
        *points.values_list("address_hash", flat=True),
        *own.values_list("key_hash", flat=True),
    } - {""}
    waiting = Message.objects.of(organisation).filter(
        state=MessageState.QUEUED,
        message_class__in=MessageClass if for_every_purpose else REFUSABLE,
        address_hash__in=hashes,
    )
    reason = str(RuleName.OPTED_OUT.label)
    cancelled = sum(cancel_message(message=each, reason=reason) for each in waiting)
    FrameMember.objects.filter(customer_id__in=customers, state__in=OPEN_STATES).update(
        state=FrameState.BLOCKED,
        reason=RuleName.OPTED_OUT,
        settled_at=clock.now(),
    )
    return cancelled
