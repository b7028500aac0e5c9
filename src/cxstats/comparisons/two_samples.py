"""Difference of two groups: the test that suits the measure and the design."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy

from cxstats.errors import InputError
from cxstats.metrics.measures import Measure, NetScore
from cxstats.scales import NPS_0_10

__all__ = [
    "Moments",
    "Tested",
    "from_error",
    "net_score_difference",
    "square_and_add",
    "two_samples",
]

Ends = tuple[float, float, float]

POWER = 0.8
"""Power at which a detectable difference is stated."""


@dataclass(frozen=True)
class Moments:
    """n, Σv and Σv² of the coded values of equally weighted answers."""

    n: float
    s1: float
    s2: float

    @property
    def mean(self) -> float:
        """Mean coded value; NaN without answers."""
        return self.s1 / self.n if self.n else math.nan

    def variance(self, ddof: int) -> float:
        """Variance of a coded value; NaN where n is not above ``ddof``."""
        if self.n <= ddof:
            return math.nan
        return max(self.s2 - self.s1**2 / self.n, 0.0) / (self.n - ddof)

    def __add__(self, other: Moments) -> Moments:
        """Pool two groups."""
        return Moments(self.n + other.n, self.s1 + other.s1, self.s2 + other.s2)

    def __sub__(self, other: Moments) -> Moments:
        """Take one group out of the whole."""
        return Moments(self.n - other.n, self.s1 - other.s1, self.s2 - other.s2)


@dataclass(frozen=True)
class Tested:
    """A difference in the unit of the measure, before correction for others.

    ``value`` is the observed difference; the interval of an adjusted Wald test is
    centred slightly nearer to 0.
    """

    value: float
    std_error: float
    lower: float
    upper: float
    p: float
    method: str

    def detectable(self, level: float) -> float:
        """Smallest true difference found with 80 % power at this precision."""
        return (
            float(scipy.stats.norm.ppf((1 + level) / 2) + scipy.stats.norm.ppf(POWER))
            * self.std_error
        )

    def scaled(self, factor: float) -> Tested:
        """Return the difference in another unit."""
        return Tested(
            self.value * factor,
            self.std_error * factor,
            self.lower * factor,
            self.upper * factor,
            self.p,
            self.method,
        )


def from_error(
    value: float,
    std_error: float,
    level: float,
    *,
    df: float = math.inf,
    centre: float | None = None,
    method: str,
) -> Tested:
    """Test a difference against 0 by its standard error, normal or t.

    Without a usable standard error there is no interval and no test.
    """
    middle = value if centre is None else centre
    if not std_error > 0 or df < 1:
        return Tested(value, std_error, math.nan, math.nan, math.nan, method)
    law = scipy.stats.norm if math.isinf(df) else scipy.stats.t(df)
    half = float(law.ppf((1 + level) / 2)) * std_error
    p = 2 * float(law.sf(abs(middle) / std_error))
    return Tested(value, std_error, middle - half, middle + half, p, method)


def two_samples(
    first: Moments,
    second: Moments,
    measure: Measure,
    level: float = 0.95,
    *,
    adjusted: bool = True,
) -> Tested:
    """Test ``second - first`` for two independent, equally weighted groups.

    Net scores and shares: adjusted Wald, three answers added to each group for a
    net score (Rocks 2016), two for a share (Agresti and Caffo 2000). Means: Welch's
    t test. Groups without spread: Newcombe's square-and-add of the two intervals.

    Parameters
    ----------
    first, second
        Baseline and compared group.
    measure
        What was averaged.
    level
        Confidence level.
    adjusted
        False gives the plain Wald test, for reference only.

    Returns
    -------
    Tested
        In the unit of the coded values (a net score runs from -1 to 1).
    """
    value = second.mean - first.mean
    if math.isnan(value):
        return from_error(value, math.nan, level, method="none")
    if measure.added is None:
        return _welch(first, second, measure, level)
    added = Moments(*measure.added) if adjusted else Moments(0, 0, 0)
    a, b = first + added, second + added
    std_error = math.sqrt(a.variance(0) / a.n + b.variance(0) / b.n)
    method = "adjusted_wald" if adjusted else "wald"
    centre = b.mean - a.mean
    return from_error(value, std_error, level, centre=centre, method=method)


def _welch(a: Moments, b: Moments, measure: Measure, level: float) -> Tested:
    value = b.mean - a.mean
    parts = [group.variance(1) / group.n for group in (a, b)]
    smallest = 1e-18 * (measure.ends[1] - measure.ends[0]) ** 2
    if not min(parts) > smallest:
        n, s1, s2 = np.array([[a.n, b.n], [a.s1, b.s1], [a.s2, b.s2]])
        own = measure.interval(n, s1, s2, level)
        first = (a.mean, float(own.lower[0]), float(own.upper[0]))
        second = (b.mean, float(own.lower[1]), float(own.upper[1]))
        return square_and_add(first, second, level)
    total = sum(parts)
    df = total**2 / sum(
        part**2 / (group.n - 1) for part, group in zip(parts, (a, b), strict=True)
    )
    return from_error(value, math.sqrt(total), level, df=df, method="welch_t")


def square_and_add(first: Ends, second: Ends, level: float) -> Tested:
    """Combine the intervals of two scores into one of their difference.

    Serves where a side shows no spread, so that a standard error would claim
    certainty (Newcombe 1998, method 10; Zou and Donner 2008).

    Parameters
    ----------
    first, second
        Value, lower and upper end of the baseline and of the compared score.
    level
        Confidence level of both intervals.
    """
    (a, a_low, a_high), (b, b_low, b_high) = first, second
    value = b - a
    below, above = math.hypot(b - b_low, a_high - a), math.hypot(b_high - b, a - a_low)
    z = float(scipy.stats.norm.ppf((1 + level) / 2))
    p = 2 * float(scipy.stats.norm.sf(z * abs(value) / (below if value > 0 else above)))
    std_error = (below + above) / 2 / z
    return Tested(value, std_error, value - below, value + above, p, "square_and_add")


def net_score_difference(
    baseline: tuple[float, float, float],
    compared: tuple[float, float, float],
    level: float = 0.95,
    *,
    adjusted: bool = True,
) -> Tested:
    """Compare two net scores from counts of detractors, passives and promoters.

    Returns
    -------
    Tested
        In points: ``compared - baseline``.

    Raises
    ------
    InputError
        If a count is negative.

    Examples
    --------
    >>> round(net_score_difference((20, 35, 45), (12, 30, 58)).p, 4)
    0.0466
    """
    groups = []
    for detractors, passives, promoters in (baseline, compared):
        if min(detractors, passives, promoters) < 0:
            raise InputError(
                "counts of detractors, passives and promoters must not be negative; "
                f"received {(detractors, passives, promoters)}"
            )
        n = detractors + passives + promoters
        groups.append(Moments(n, promoters - detractors, promoters + detractors))
    first, second = groups
    measure = NetScore(NPS_0_10)
    tested = two_samples(first, second, measure, level, adjusted=adjusted)
    return tested.scaled(NetScore.factor)
