"""Lines of the consent ledger; they are added and never changed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from zhiyin.accounts.models import Person
from zhiyin.accounts.services import record
from zhiyin.common import clock
from zhiyin.listen.customers.models import (
    ConsentEntry,
    ConsentState,
    Customer,
    Purpose,
)


@dataclass(frozen=True)
class Proof:
    """The notice that was shown, the way the wish was told, and what proves it."""

    notice_version: str = ""
    source: str = ""
    evidence: str = ""


@transaction.atomic
def record_consent(
    *,
    customer: Customer,
    purpose: str,
    state: str,
    channel: str = "",
    proof: Proof | None = None,
    by: Person | None = None,
) -> ConsentEntry:
    """Add one line to the ledger; an empty channel speaks of all channels.

    A no to surveys on all channels also opts the customer out, and a yes to them
    takes that back, so that the two can never disagree.
    """
    shown = proof or Proof()
    now = clock.now()
    entry = ConsentEntry.objects.create(
        organisation_id=customer.organisation_id,
        customer=customer,
        purpose=Purpose(purpose),
        channel=channel,
        state=ConsentState(state),
        notice_version=shown.notice_version[:40],
        source=shown.source[:60],
        evidence=shown.evidence[:300],
        recorded_at=now,
        recorded_by=by,
    )
    record(
        action="consent.recorded",
        target=customer,
        actor=by,
        # The evidence may be the customer's own words, and this log is never erased.
        purpose=str(purpose),
        channel=channel,
        state=str(state),
    )
    if purpose == Purpose.SURVEY and not channel:
        _follow(customer, is_granted=state == ConsentState.GRANTED, at=now)
    return entry


def _follow(customer: Customer, *, is_granted: bool, at: dt.datetime) -> None:
    """Bring the customer's mark in line with the ledger."""
    if is_granted and customer.opted_out_at is not None:
        customer.opted_out_at = None
        customer.save(update_fields=["opted_out_at"])
        record(action="customer.opted_in", target=customer)
    elif not is_granted and customer.opted_out_at is None:
        customer.opted_out_at = at
        customer.save(update_fields=["opted_out_at"])
        record(action="customer.opted_out", target=customer)
