"""The effect of an arm against the control from n, Σy and Σy² of both."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy

from cxstats.estimates import Estimate, json_number, json_value
from cxstats.experiments.moments import UNITS, Moments
from cxstats.intervals import net_score_interval, wilson_interval

__all__ = ["Effect", "arm_estimate", "effect_of"]

_POWER = 0.8

_ADDED = Moments(3.0, 3.0, 0.0, 1.5)
"""Answers that an adjusted Wald comparison adds to each net score (Rocks 2016)."""


@dataclass(frozen=True)
class Effect:
    """An arm minus the control.

    Parameters
    ----------
    arm, segment
        What is compared, and within which segment (None: everywhere).
    estimate
        The difference with its interval: Newcombe's for shares, Welch's for means,
        adjusted Wald for net scores.
    wald_lower, wald_upper
        The textbook interval of the difference, for comparison with other tools.
    relative
        Difference divided by the control's value; NaN for net scores or at 0.
    detectable
        Smallest true effect that such arms find with 80 % power.
    p, q
        Two-sided p value, and after correction for all effects of the table.
    adjusted
        The difference after CUPED; None without a covariate.
    """

    arm: Any
    segment: Any
    estimate: Estimate
    wald_lower: float
    wald_upper: float
    relative: float
    detectable: float
    p: float
    q: float = math.nan
    adjusted: Estimate | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the effect for JSON."""
        return {
            "arm": json_value(self.arm),
            "segment": json_value(self.segment),
            **self.estimate.to_dict(),
            "wald_lower": json_number(self.wald_lower),
            "wald_upper": json_number(self.wald_upper),
            "relative": json_number(self.relative),
            "detectable": json_number(self.detectable),
            "p": json_number(self.p),
            "q": json_number(self.q),
            "adjusted": None if self.adjusted is None else self.adjusted.to_dict(),
        }


def effect_of(
    arm: Any,
    own: Moments,
    control: Moments,
    kind: str,
    level: float,
    segment: Any = None,
) -> Effect:
    """Compare an arm with the control.

    Parameters
    ----------
    arm, segment
        Names to carry.
    own, control
        Outcomes of both; a net score as coded -1, 0, 1.
    kind
        ``share``, ``mean`` or ``nps``.
    level
        Confidence level.

    Returns
    -------
    Effect
        In the unit of the kind; NaN where a side has too few outcomes.

    References
    ----------
    Newcombe (1998), Statistics in Medicine 17:873-890, method 10; Welch (1947);
    Rocks (2016).
    """
    factor = 100.0 if kind == "nps" else 1.0
    value = own.mean - control.mean
    ddof = 1 if kind == "mean" else 0
    error = _error(own, control, ddof)
    z = float(scipy.stats.norm.ppf((1 + level) / 2))
    wald = (value - z * error, value + z * error)
    lower, upper, p, method = _interval(own, control, kind, level)
    estimate = Estimate(
        value=value * factor,
        unit=UNITS[kind],
        std_error=error * factor,
        lower=lower * factor,
        upper=upper * factor,
        level=level,
        n=int(own.n + control.n),
        n_effective=own.n + control.n,
        method=method,
    )
    base = control.mean
    relative = value / base if kind != "nps" and base else math.nan
    return Effect(
        arm=arm,
        segment=segment,
        estimate=estimate,
        wald_lower=wald[0] * factor,
        wald_upper=wald[1] * factor,
        relative=relative,
        detectable=float(
            scipy.stats.norm.ppf((1 + level) / 2) + scipy.stats.norm.ppf(_POWER)
        )
        * error
        * factor,
        p=p,
    )


def _error(own: Moments, control: Moments, ddof: int) -> float:
    if not own.n or not control.n:
        return math.nan
    return math.sqrt(own.variance(ddof) / own.n + control.variance(ddof) / control.n)


def _interval(
    own: Moments, control: Moments, kind: str, level: float
) -> tuple[float, float, float, str]:
    if not own.n or not control.n:
        return math.nan, math.nan, math.nan, "none"
    if kind == "share":
        return _newcombe(own, control, level)
    if kind == "nps":
        a, b = own + _ADDED, control + _ADDED
        error = _error(a, b, 0)
        half = float(scipy.stats.norm.ppf((1 + level) / 2)) * error
        centre = a.mean - b.mean
        p = 2 * float(scipy.stats.norm.sf(abs(centre) / error))
        return max(centre - half, -2.0), min(centre + half, 2.0), p, "adjusted_wald"
    return _welch(own, control, level)


def _newcombe(
    own: Moments, control: Moments, level: float
) -> tuple[float, float, float, str]:
    """Square and add the Wilson intervals; p from the pooled score test."""
    hits, n = np.array([[own.s1, control.s1], [own.n, control.n]])
    low, high = wilson_interval(hits, n, level)
    share = hits / n
    value = float(share[0] - share[1])
    lower = value - math.hypot(share[0] - low[0], high[1] - share[1])
    upper = value + math.hypot(high[0] - share[0], share[1] - low[1])
    pooled = float(hits.sum() / n.sum())
    error = math.sqrt(pooled * (1 - pooled) * float((1 / n).sum()))
    p = 2 * float(scipy.stats.norm.sf(abs(value) / error)) if error > 0 else 1.0
    return lower, upper, p, "newcombe"


def _welch(
    own: Moments, control: Moments, level: float
) -> tuple[float, float, float, str]:
    parts = [side.variance() / side.n for side in (own, control)]
    total = sum(parts)
    if not total > 0:
        return math.nan, math.nan, math.nan, "none"
    df = total**2 / sum(
        part**2 / (side.n - 1) for part, side in zip(parts, (own, control), strict=True)
    )
    value, error = own.mean - control.mean, math.sqrt(total)
    half = float(scipy.stats.t.ppf((1 + level) / 2, df)) * error
    p = 2 * float(scipy.stats.t.sf(abs(value) / error, df))
    return value - half, value + half, p, "welch_t"


def arm_estimate(own: Moments, kind: str, level: float) -> Estimate:
    """Estimate an arm's own value with its interval."""
    factor = 100.0 if kind == "nps" else 1.0
    lower, upper, method = math.nan, math.nan, "none"
    error = (
        math.sqrt(own.variance(1 if kind == "mean" else 0) / own.n)
        if own.n
        else math.nan
    )
    if own.n and kind == "share":
        ends = wilson_interval(own.s1, own.n, level)
        lower, upper, method = float(ends[0]), float(ends[1]), "wilson"
    elif own.n and kind == "nps":
        promoters, detractors = (own.s2 + own.s1) / 2, (own.s2 - own.s1) / 2
        low, high, is_score = net_score_interval(
            detractors, own.n - own.s2, promoters, level
        )
        lower, upper = float(low[0]), float(high[0])
        method = "score" if is_score[0] else "adjusted_wald"
    elif error > 0:
        half = float(scipy.stats.t.ppf((1 + level) / 2, own.n - 1)) * error
        lower, upper, method = own.mean - half, own.mean + half, "t"
    return Estimate(
        value=own.mean * factor,
        unit=UNITS[kind],
        std_error=error * factor,
        lower=lower * factor,
        upper=upper * factor,
        level=level,
        n=int(own.n),
        n_effective=own.n,
        method=method,
    )
