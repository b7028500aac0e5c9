"""What was asked before, in the columns that the rules look at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import numpy as np
from django.db.models import Q

from zhiyin.accounts.models import Organisation
from zhiyin.common.columns import (
    as_seconds,
    listed_sql,
    moment_sql,
    read_columns,
)
from zhiyin.listen.contacts.models import ContactPolicy, Verdict
from zhiyin.listen.contacts.queries.rules import (
    NEVER,
    Asked,
    Floats,
    Rules,
    stream_codes,
)

# No rule looks further back than two years.
KEPT_DAYS = 730
# What customers are told because of a service asks nothing: it counts as no question.
SERVICE = "service"


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


def asked_before(
    ids: Sequence[int], now: dt.datetime, *, also_told: bool = False
) -> Asked:
    """Return what these customers were asked; `who` is the position in `ids`.

    `ids` are in ascending order. With `also_told` it holds messages of service too.
    """
    times = ("decided_at", "expires_at", "answered_at", "declined_at")
    selected = ", ".join(moment_sql(name) for name in times)
    condition, listed = listed_sql("customer_id", ids)
    left_out = "" if also_told else SERVICE
    columns = read_columns(
        f"select customer_id, stream, programme, channel, {selected}"  # noqa: S608
        f" from contacts_contactdecision where {condition}"
        " and verdict = %s and decided_at >= %s and stream <> %s"
        " and unreached_at is null",
        [listed, Verdict.ALLOWED, now - dt.timedelta(KEPT_DAYS), left_out],
    )
    if not columns:
        return Asked.nothing()
    who, stream, programme, channel, at, expires, answered, declined = columns
    return Asked(
        who=np.searchsorted(np.asarray(ids), np.asarray(who)).astype(np.int64),
        at=as_seconds(at),
        stream=stream_codes(stream),
        programme=np.array(programme, dtype="U60"),
        channel=np.array(channel, dtype="U60"),
        expires_at=as_seconds(expires),
        answered_at=as_seconds(answered),
        declined_at=as_seconds(declined),
    )


def in_force(now: dt.datetime) -> Q:
    """Return the condition that a suppression holds at a moment."""
    return Q(starts_at__lte=now) & (Q(ends_at__isnull=True) | Q(ends_at__gt=now))
