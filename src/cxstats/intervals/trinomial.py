"""Intervals for a net score: share of promoters minus share of detractors.

Counts are arrays of the same length, one entry per group; a net score here runs
from -1 to 1. Fractional counts are allowed, so that effective counts of a
weighted sample fit.

Sources: Rocks (2016), The American Statistician 70(4), compares these intervals
and finds variations of the adjusted Wald and the score interval superior; May and
Johnson (1997) and Tango (1998) give the score interval for a difference of two
correlated proportions, which a net score is.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy

from cxstats.estimates import Floats

__all__ = [
    "SMALL_N",
    "adjusted_wald_interval",
    "net_score_interval",
    "net_variance",
    "score_interval",
    "wald_interval",
]

SMALL_N = 10
"""Below this many answers the score interval replaces the adjusted Wald."""

_ADDED = (0.75, 1.5, 0.75)
"""Answers the adjusted Wald adds to detractors, passives and promoters."""

_HALVINGS = 60
"""Steps of bisection: the width 2 shrinks below 1e-17."""

Counts = Floats | float
Interval = tuple[Floats, Floats]


def critical_value(level: float) -> float:
    """Return the two-sided normal critical value of a confidence level."""
    return float(scipy.stats.norm.ppf((1 + level) / 2))


def net_variance(detractors: Counts, passives: Counts, promoters: Counts) -> Floats:
    """Return the variance of one answer coded -1, 0, 1 (divisor n).

    It is ``p + d - (p - d)^2`` in shares; NaN where there is no answer.
    """
    n = np.asarray(detractors + passives + promoters, dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        difference = (promoters - detractors) / n
        return np.asarray((promoters + detractors) / n - difference**2)


def wald_interval(
    detractors: Counts, passives: Counts, promoters: Counts, level: float = 0.95
) -> Interval:
    """Return the textbook interval, kept for reference only.

    It covers far less than promised for small n or lopsided scores (0.65 instead
    of 0.95 at n = 10 with 90 % promoters) and has no width when all answers
    agree; nothing in this library uses it by default. Not clipped.
    """
    n = np.asarray(detractors + passives + promoters, dtype=float)
    variance = net_variance(detractors, passives, promoters)
    with np.errstate(invalid="ignore", divide="ignore"):
        centre = (promoters - detractors) / n
        half = critical_value(level) * np.sqrt(variance / n)
    return np.asarray(centre - half), np.asarray(centre + half)


def adjusted_wald_interval(
    detractors: Counts,
    passives: Counts,
    promoters: Counts,
    level: float = 0.95,
    *,
    clip: bool = True,
) -> Interval:
    """Return the Wald interval after adding three answers, clipped to -1..1.

    Three quarters of an answer go to detractors and promoters each and one and a
    half to passives (Rocks 2016; Lewis and Sauro). The centre moves towards 0, so
    the interval need not be symmetric around the observed score.
    """
    added = (detractors + _ADDED[0], passives + _ADDED[1], promoters + _ADDED[2])
    lower, upper = wald_interval(*added, level)
    empty = np.asarray(detractors + passives + promoters, dtype=float) <= 0
    lower, upper = np.where(empty, np.nan, lower), np.where(empty, np.nan, upper)
    return (lower.clip(-1, 1), upper.clip(-1, 1)) if clip else (lower, upper)


def score_interval(
    detractors: Counts, passives: Counts, promoters: Counts, level: float = 0.95
) -> Interval:
    """Return the trinomial score interval of May and Johnson, inside -1..1.

    The ends solve ``|x - n t| = z sqrt(n (2 q + t (1 - t)))`` where x is
    promoters minus detractors and q the likeliest share of detractors given a net
    score of t (Tango 1998, eq. 2-4). It stays honest for tiny n and when a class
    is empty; when all answers agree its open end is ``(n - z^2) / (n + z^2)``.
    """
    counts = np.broadcast_arrays(detractors, passives, promoters)
    d, q, p = (np.atleast_1d(np.asarray(c, dtype=float)) for c in counts)
    z = critical_value(level)
    lower = _lower_end(d, q, p, z)
    upper = -_lower_end(p, q, d, z)
    return lower, upper


def _lower_end(d: Floats, passives: Floats, p: Floats, z: float) -> Floats:
    n = d + passives + p
    with np.errstate(invalid="ignore", divide="ignore"):
        high = (p - d) / n
    low = np.full_like(high, -1.0)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        excess = (p - d - n * middle) - z * _score_sd(middle, d, p, n)
        low, high = (
            np.where(excess > 0, middle, low),
            np.where(excess > 0, high, middle),
        )
    return np.where(n > 0, (low + high) / 2, np.nan)


def _score_sd(t: Floats, d: Floats, p: Floats, n: Floats) -> Floats:
    """Return the standard deviation of promoters - detractors at net score t."""
    a = 2 * n
    b = -d - p + (2 * n - p + d) * t
    c = -d * t * (1 - t)
    with np.errstate(invalid="ignore", divide="ignore"):
        q = (np.sqrt(np.maximum(b * b - 4 * a * c, 0)) - b) / (2 * a)
        return np.asarray(np.sqrt(np.maximum(n * (2 * q + t * (1 - t)), 0)))


def net_score_interval(
    detractors: Counts, passives: Counts, promoters: Counts, level: float = 0.95
) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    """Return the default interval of a net score and where it is the score kind.

    The adjusted Wald serves groups of ten answers or more in which no class is
    empty; all others get the score interval, whose coverage holds there.

    Returns
    -------
    lower, upper
        Ends between -1 and 1; NaN where there is no answer.
    is_score
        True where the score interval was used.
    """
    counts = np.broadcast_arrays(detractors, passives, promoters)
    d, q, p = (np.atleast_1d(np.asarray(c, dtype=float)) for c in counts)
    lower, upper = adjusted_wald_interval(d, q, p, level)
    is_score = (d + q + p < SMALL_N) | (np.minimum(np.minimum(d, q), p) <= 0)
    if is_score.any():
        ends = score_interval(d[is_score], q[is_score], p[is_score], level)
        lower[is_score], upper[is_score] = ends
    return lower, upper, is_score
