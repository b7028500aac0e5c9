"""No more questions: said by text, by one click in a mail, or by a complaint."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from zhiyin.accounts.models import Organisation
from zhiyin.channels.models import InboundKind, InboundMessage
from zhiyin.common import clock
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.queries import customers_at
from zhiyin.listen.customers.services import withdraw_customer
from zhiyin.listen.programs.models import Invitation, ReadMark
from zhiyin.listen.programs.queries.tokens import split_key
from zhiyin.listen.programs.services.invitations import withdraw_invitation
from zhiyin.listen.programs.services.lifecycle_queues import empty_queues

ROWS = 2_000
READER = "inbound.opt_out"
# Numbers are handed out before rows are committed: the youngest are read again.
OVERLAP = dt.timedelta(seconds=60)


def take_opt_outs() -> bool:
    """Follow every wish to hear no more that came in; True when there may be more."""
    more = [_read(organisation) for organisation in Organisation.objects.all()]
    return any(more)


def _read(organisation: Organisation) -> bool:
    mark, _made = ReadMark.objects.get_or_create(
        organisation=organisation, reader=READER
    )
    old = clock.now() - OVERLAP
    rows = InboundMessage.objects.of(organisation).filter(
        kind=InboundKind.OPT_OUT, pk__gt=mark.last_id
    )
    part = list(rows.select_related("message", "account").order_by("pk")[:ROWS])
    for inbound in part:
        stop_asking(inbound=inbound)
    read = [each.pk for each in part if each.received_at < old]
    if read:
        ReadMark.objects.filter(pk=mark.pk).update(last_id=read[-1])
    return len(part) == ROWS


@transaction.atomic
def stop_asking(*, inbound: InboundMessage) -> None:
    """Ask nothing more of whoever said so, and empty the queues; twice is once."""
    organisation = inbound.organisation_id
    people = set(
        customers_at(organisation, [inbound.sender_hash]).get(inbound.sender_hash, [])
        if inbound.sender_hash
        else [],
    )
    key = split_key(inbound.message.key)[0] if inbound.message else ""
    invitation = _invitation(organisation, key)
    if invitation is not None:
        if invitation.withdrawn_at is None:
            withdraw_invitation(invitation=invitation)
        if invitation.customer_id is not None:
            people.add(invitation.customer_id)
    for customer in Customer.objects.filter(pk__in=people, opted_out_at=None):
        withdraw_customer(
            customer=customer, source=inbound.account.kind, evidence=inbound.text
        )
    empty_queues(
        organisation=organisation, customers=people, addresses={inbound.sender_hash}
    )


def _invitation(organisation: int, key: str) -> Invitation | None:
    if not key:
        return None
    rows = Invitation.objects.of(organisation).select_related("customer", "link")
    return rows.filter(message_key=key).first()
