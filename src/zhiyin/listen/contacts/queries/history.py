"""What was asked before, and what stands against asking, read into columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from django.db.models import Q, QuerySet

from zhiyin.accounts.models import Organisation
from zhiyin.listen.contacts.models import (
    ContactDecision,
    ContactPolicy,
    Suppression,
    Verdict,
)
from zhiyin.listen.contacts.queries.rules import (
    NEVER,
    Asked,
    Flags,
    Floats,
    Rules,
    stream_codes,
)
from zhiyin.listen.customers.models import Customer

IDS_PER_QUERY = 900
# No rule looks further back than two years.
KEPT_DAYS = 730
_COLUMNS = (
    "customer_id",
    "decided_at",
    "stream",
    "programme",
    "channel",
    "expires_at",
    "answered_at",
    "declined_at",
)


def policy_in_force(organisation: Organisation) -> ContactPolicy:
    """Return the newest version; unsaved version 0 with the defaults before any."""
    found = ContactPolicy.objects.of(organisation).first()
    if found is not None:
        return found
    return ContactPolicy(organisation=organisation, version=0, rules=Rules().to_dict())


def seconds(moments: Iterable[dt.datetime | None]) -> Floats:
    """Return moments as seconds since 1970; what never happened is minus infinity."""
    return np.array(
        [NEVER if moment is None else moment.timestamp() for moment in moments],
        dtype=float,
    )


def asked_before(ids: Sequence[int], now: dt.datetime) -> Asked:
    """Return what these customers were asked; `who` is the position in `ids`."""
    place = {customer: position for position, customer in enumerate(ids)}
    found = Asked.nothing()
    for part in _parts(ids):
        rows = ContactDecision.objects.filter(
            customer_id__in=part,
            verdict=Verdict.ALLOWED,
            decided_at__gte=now - dt.timedelta(KEPT_DAYS),
        )
        found = found + as_asked(rows, place)
    return found


def as_asked(rows: QuerySet[ContactDecision], place: dict[int, int]) -> Asked:
    """Return allowed decisions as columns."""
    columns: list[tuple[Any, ...]] = list(
        zip(*rows.values_list(*_COLUMNS), strict=True)
    )
    if not columns:
        return Asked.nothing()
    who, at, stream, programme, channel, expires, answered, declined = columns
    return Asked(
        who=np.array([place[one] for one in who], dtype=np.int64),
        at=seconds(at),
        stream=stream_codes(stream),
        programme=np.array(programme, dtype="U60"),
        channel=np.array(channel, dtype="U60"),
        expires_at=seconds(expires),
        answered_at=seconds(answered),
        declined_at=seconds(declined),
    )


def opted_out(ids: Sequence[int]) -> Flags:
    """Tell which customers said that they want no questions."""
    found: set[int] = set()
    for part in _parts(ids):
        rows = Customer.objects.filter(pk__in=part, opted_out_at__isnull=False)
        found.update(rows.values_list("pk", flat=True))
    return np.array([one in found for one in ids], dtype=bool)


def suppressed(ids: Sequence[int], now: dt.datetime) -> Flags:
    """Tell which customers are not asked at a moment for some other reason."""
    found: set[int] = set()
    for part in _parts(ids):
        rows = Suppression.objects.filter(customer_id__in=part).filter(in_force(now))
        found.update(rows.values_list("customer_id", flat=True))
    return np.array([one in found for one in ids], dtype=bool)


def in_force(now: dt.datetime) -> Q:
    """Return the condition that a suppression holds at a moment."""
    return Q(starts_at__lte=now) & (Q(ends_at__isnull=True) | Q(ends_at__gt=now))


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), IDS_PER_QUERY):
        yield ids[start : start + IDS_PER_QUERY]
