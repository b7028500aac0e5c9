"""Customers who stayed: those spoken with against those left alone, 90 and 180 days.

Like is compared with like: within each value tier, weighted by those spoken with.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
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
    those spoken with, summed over `tiers` value tiers, in customers. A negative number
    is one too. `unmatched` counts those spoken with of whose tier nobody was left
    alone: nothing can be said of them.
    """

    days: int
    contacted: Estimate
    alone: Estimate
    saved: Estimate
    verdict: str
    missing: str = ""
    tiers: int = 1
    unmatched: int = 0


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
    pairs = [(own[tier], control[tier]) for tier in own if tier in control]
    spoken = sum((one for one, _other in pairs), Moments())
    alone = sum((other for _one, other in pairs), Moments())
    customers, p = _customers(pairs)
    missing = "" if is_known else NO_EVENTS
    if is_known and not pairs:
        missing = TOO_EARLY
    return Saved(
        days=days,
        contacted=arm_estimate(spoken, "share", LEVEL),
        alone=arm_estimate(alone, "share", LEVEL),
        saved=customers,
        # Rose: more stayed among those spoken with.
        verdict=judge(customers.lower, customers.upper, p, LEVEL),
        missing=missing,
        tiers=len(pairs),
        unmatched=int(sum(own[tier].n for tier in own if tier not in control)),
    )


def _customers(pairs: list[tuple[Moments, Moments]]) -> tuple[Estimate, float]:
    """Return the customers saved in all tiers together, and the p of none.

    Each tier's interval is Newcombe's; that of their sum is made of the distances of
    their ends (Zou and Donner 2008, Statistics in Medicine 27:1693-1702). One tier
    alone keeps its own interval and its own test.
    """
    if len(pairs) < 2:  # noqa: PLR2004 one tier is compared as it is.
        own, control = pairs[0] if pairs else (Moments(), Moments())
        effect = effect_of("contacted", own, control, "share", LEVEL)
        return _scaled(effect.estimate, own.n), effect.p
    parts = [
        _scaled(effect_of("contacted", own, control, "share", LEVEL).estimate, own.n)
        for own, control in pairs
    ]
    value = sum(each.value for each in parts)
    below = math.sqrt(sum((each.value - each.lower) ** 2 for each in parts))
    above = math.sqrt(sum((each.upper - each.value) ** 2 for each in parts))
    error = math.sqrt(sum(each.std_error**2 for each in parts))
    whole = replace(
        parts[0],
        value=value,
        lower=value - below,
        upper=value + above,
        std_error=error,
        n=sum(each.n for each in parts),
        n_effective=sum(each.n_effective for each in parts),
        method=f"{parts[0].method}, summed over {len(parts)} tiers",
    )
    # Two-sided, of a sum that is about normal.
    p = math.erfc(abs(value) / error / math.sqrt(2)) if error else math.nan
    return whole, p


def _scaled(effect: Estimate, customers: float) -> Estimate:
    """Return a difference of shares as customers who stayed."""
    return replace(
        effect,
        value=-effect.value * customers,
        lower=-effect.upper * customers,
        upper=-effect.lower * customers,
        std_error=effect.std_error * customers,
        unit="customers",
    )


def _leaving(
    people: Iterable[Person], left: Left, length: dt.timedelta, now: dt.datetime
) -> Mapping[str, Moments]:
    """Count by tier who left within a time, of those who were watched for so long."""
    outcomes: dict[str, list[bool]] = defaultdict(list)
    for each in people:
        if each.began_at > now - length:
            continue
        has_left = _left(each, left.get(each.customer, []), length)
        if has_left is not None:
            outcomes[each.value_tier].append(has_left)
    return {tier: moments(given) for tier, given in outcomes.items()}


def _left(
    person: Person, moments_left: list[dt.datetime], length: dt.timedelta
) -> bool | None:
    """Tell whether the customer left; nothing of one who had left before."""
    if any(at <= person.began_at for at in moments_left):
        return None
    return any(at <= person.began_at + length for at in moments_left)
