"""Customers who stayed: those spoken with against those left alone, 90 and 180 days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from cxstats.comparisons import judge
from cxstats.estimates import Estimate
from cxstats.experiments import Moments, effect_of
from cxstats.experiments.effects import arm_estimate
from zhiyin.accounts.models import Organisation
from zhiyin.act.recovery.queries.loop.definitions import (
    LEFT_KINDS,
    LEVEL,
    SAVED_AFTER_DAYS,
)
from zhiyin.act.recovery.queries.loop.measures import moments
from zhiyin.act.recovery.queries.loop.unreached import Person, Sides
from zhiyin.listen.customers.models import CustomerEvent

NO_EVENTS, TOO_EARLY = "no_events", "too_early"


@dataclass(frozen=True)
class Saved:
    """Customers saved within some days; `missing` says why there is no number.

    `saved` is (share that left of those left alone, minus of those spoken with) times
    those spoken with, in customers. A negative number is one too.
    """

    days: int
    contacted: Estimate
    alone: Estimate
    saved: Estimate
    verdict: str
    missing: str = ""


Left = dict[int, list[dt.datetime]]


def left_by(organisation: Organisation, customers: Collection[int] | None) -> Left:
    """Return when customers left, as their events tell."""
    rows = CustomerEvent.objects.of(organisation).filter(kind__in=LEFT_KINDS)
    if customers is not None and len(customers) < _LISTED:
        rows = rows.filter(customer_id__in=list(customers))
    found: Left = {}
    columns = rows.order_by("occurred_at").values_list("customer_id", "occurred_at")
    for customer, at in columns:
        found.setdefault(customer, []).append(at)
    return found


_LISTED = 500


def saved(
    sides: Sides, organisation: Organisation, now: dt.datetime
) -> tuple[Saved, ...]:
    """Return the customers saved after each length of time."""
    known = CustomerEvent.objects.of(organisation).filter(kind__in=LEFT_KINDS).exists()
    people = {each.customer for each in (*sides.contacted, *sides.alone)}
    left = left_by(organisation, people) if known else {}
    return tuple(
        _saved(sides, left, days, now, is_known=known) for days in SAVED_AFTER_DAYS
    )


def _saved(
    sides: Sides, left: Left, days: int, now: dt.datetime, *, is_known: bool
) -> Saved:
    length = dt.timedelta(days)
    own = _leaving(sides.contacted, left, length, now)
    control = _leaving(sides.alone, left, length, now)
    effect = effect_of("contacted", own, control, "share", LEVEL).estimate
    p = effect_of("contacted", own, control, "share", LEVEL).p
    customers = replace(
        effect,
        value=-effect.value * own.n,
        lower=-effect.upper * own.n,
        upper=-effect.lower * own.n,
        std_error=effect.std_error * own.n,
        unit="customers",
    )
    missing = "" if is_known else NO_EVENTS
    if is_known and not (own.n and control.n):
        missing = TOO_EARLY
    return Saved(
        days=days,
        contacted=arm_estimate(own, "share", LEVEL),
        alone=arm_estimate(control, "share", LEVEL),
        saved=customers,
        # Rose: more stayed among those spoken with.
        verdict=judge(customers.lower, customers.upper, p, LEVEL),
        missing=missing,
    )


def _leaving(
    people: Iterable[Person], left: Left, length: dt.timedelta, now: dt.datetime
) -> Moments:
    """Count who left within a time, of those who were watched for so long."""
    watched = [each for each in people if each.began_at <= now - length]
    outcomes = (_left(each, left.get(each.customer, []), length) for each in watched)
    return moments(each for each in outcomes if each is not None)


def _left(
    person: Person, moments_left: list[dt.datetime], length: dt.timedelta
) -> bool | None:
    """Tell whether the customer left; nothing of one who had left before."""
    if any(at <= person.began_at for at in moments_left):
        return None
    return any(at <= person.began_at + length for at in moments_left)
