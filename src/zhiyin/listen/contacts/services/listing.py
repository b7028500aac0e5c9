"""A list of people not to be asked, as a regulator or a branch hands it over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from zhiyin.accounts.models import Organisation
from zhiyin.accounts.services import record
from zhiyin.common import clock
from zhiyin.listen.contacts.models import Suppression
from zhiyin.listen.contacts.queries.history import in_force
from zhiyin.listen.customers.services import get_or_create_customers, normalise_key

ROWS_AT_ONCE = 900


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Why everybody of a list is left alone, and until when."""

    reason: str
    ends_at: dt.datetime | None = None
    note: str = ""


@dataclass(frozen=True)
class Listed:
    """What became of a list; `unreadable` are the numbers of its lines, from 1."""

    added: int
    there_already: int
    unreadable: tuple[int, ...]


@transaction.atomic
def suppress_listed(
    *, organisation: Organisation, keys: Sequence[str], wanted: Wanted
) -> Listed:
    """Leave everybody of a list alone from now on, also those not yet customers.

    Whoever is left alone for the same reason already is not entered twice.
    """
    good, unreadable = [], []
    for number, key in enumerate(keys, start=1):
        try:
            normalise_key(key)
        except ValueError:
            unreadable.append(number)
        else:
            good.append(key)
    added, there = 0, 0
    for first in range(0, len(good), ROWS_AT_ONCE):
        part = good[first : first + ROWS_AT_ONCE]
        known = get_or_create_customers(organisation=organisation, keys=part)
        ids = set(known.values())
        made = _leave_alone(organisation, ids, wanted)
        added, there = added + made, there + len(ids) - made
    record(
        action="suppression.listed",
        organisation=organisation,
        reason=wanted.reason,
        added=added,
        there_already=there,
        unreadable=len(unreadable),
    )
    return Listed(added, there, tuple(unreadable))


def _leave_alone(organisation: Organisation, ids: set[int], wanted: Wanted) -> int:
    now = clock.now()
    lasting = Q(ends_at=None)
    if wanted.ends_at is not None:
        lasting |= Q(ends_at__gte=wanted.ends_at)
    standing = Suppression.objects.of(organisation).filter(
        in_force(now), lasting, customer__in=ids, reason=wanted.reason
    )
    new = ids - set(standing.values_list("customer_id", flat=True))
    Suppression.objects.bulk_create(
        (
            Suppression(
                organisation=organisation,
                customer_id=customer,
                reason=wanted.reason,
                starts_at=now,
                ends_at=wanted.ends_at,
                note=wanted.note,
            )
            for customer in sorted(new)
        ),
        batch_size=100,
    )
    return len(new)
