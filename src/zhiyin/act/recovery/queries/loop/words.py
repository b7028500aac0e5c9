"""The report's numbers in words: written once for the page and the files."""

from __future__ import annotations

import math
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cxstats.estimates import Estimate
from cxstats.reporting import MinimumN
from zhiyin.analyze.metrics.queries.presentation import (
    MINUS,
    Axis,
    method_text,
    write_half,
    write_value,
)

SHARE_AXIS = Axis(0, 1)
DAY_HOURS = 24
_LONG_HOURS = 72


@dataclass(frozen=True)
class Written:
    """One estimate as people read it, with its place on a line from 0 to 100 %."""

    standing: str
    value: str
    half: str
    lower: str
    upper: str
    n: int
    needed: int
    method: str
    at: float = 0.0
    left: float = 0.0
    width: float = 0.0
    is_on_line: bool = False


def write_share(estimate: Estimate, policy: MinimumN) -> Written:
    """Write a share with its interval; below the minimum n only the n is shown."""
    left, right = SHARE_AXIS.place(estimate.lower), SHARE_AXIS.place(estimate.upper)
    is_known = estimate.is_known
    return Written(
        standing=policy.standing(estimate.n),
        value=write_value(estimate.value, "share"),
        half=write_half(estimate),
        lower=write_value(estimate.lower, "share"),
        upper=write_value(estimate.upper, "share"),
        n=estimate.n,
        needed=policy.shown,
        method=_method(estimate),
        at=SHARE_AXIS.place(estimate.value) if is_known else 0.0,
        left=left if is_known else 0.0,
        width=round(right - left, 2) if is_known else 0.0,
        is_on_line=is_known,
    )


def write_net(estimate: Estimate, policy: MinimumN) -> Written:
    """Write a net score with its interval."""
    return Written(
        standing=policy.standing(estimate.n),
        value=write_value(estimate.value, "points"),
        half=write_half(estimate),
        lower=write_value(estimate.lower, "points"),
        upper=write_value(estimate.upper, "points"),
        n=estimate.n,
        needed=policy.shown,
        method=_method(estimate),
    )


def write_time(estimate: Estimate, policy: MinimumN) -> Written:
    """Write a time; where so many are not done yet it says so."""
    value = write_hours(estimate.value) or _("not reached yet")
    return Written(
        standing=policy.standing(estimate.n),
        value=value,
        half="",
        lower=write_hours(estimate.lower) or "–",
        upper=write_hours(estimate.upper) or _("longer than seen so far"),
        n=estimate.n,
        needed=policy.shown,
        method=_method(estimate),
    )


def write_hours(hours: float) -> str:
    """Write hours, or days where they are many; empty where not known."""
    if math.isnan(hours):
        return ""
    if hours < _LONG_HOURS:
        return _("%(number)s h") % {"number": f"{hours:.1f}"}
    return _("%(number)s days") % {"number": f"{hours / DAY_HOURS:.1f}"}


def write_points(estimate: Estimate) -> str:
    """Write a difference of shares in points of percent with its interval."""
    if not estimate.is_known:
        return "–"
    value, low, high = (
        f"{each * 100:+.1f}".replace("-", MINUS)
        for each in (estimate.value, estimate.lower, estimate.upper)
    )
    return _("%(value)s points (%(low)s to %(high)s)") % {
        "value": value,
        "low": low,
        "high": high,
    }


def write_customers(estimate: Estimate) -> str:
    """Write a number of customers with its interval."""
    if not estimate.is_known:
        return "–"
    value, low, high = (
        f"{each:.0f}".replace("-0", "0").replace("-", MINUS)
        for each in (estimate.value, estimate.lower, estimate.upper)
    )
    return _("%(value)s (%(low)s to %(high)s)") % {
        "value": value,
        "low": low,
        "high": high,
    }


def _method(estimate: Estimate) -> str:
    names = {
        "newcombe": _("Newcombe's interval"),
        "brookmeyer_crowley": _("Kaplan-Meier, Brookmeyer-Crowley interval"),
        "sum_of_bernoulli": _("sum of independent customers"),
    }
    return names.get(estimate.method) or method_text(estimate.method)


def verdict_text(verdict: str) -> str:
    """Return what may be said of a comparison."""
    if verdict == "rose":
        return _("more than would come by itself")
    if verdict == "fell":
        return _("less than would come by itself")
    return _("no detectable change")
