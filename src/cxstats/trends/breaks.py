"""Change points of a series: where its level moved, how surely, and how exactly.

Exact division into segments of constant mean, the number of breaks by BIC, a
permutation test against no break at all, and Bai's interval for each place.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import erfcx, ndtr

from cxstats.errors import InputError
from cxstats.estimates import Floats, json_number
from cxstats.segmentation import MOST_BINS, Segmentation, segment

__all__ = ["ChangePoint", "ChangePoints", "break_interval", "change_points"]

_LONGEST_PERMUTED = 400
_LEAST_POINTS = 6


@dataclass(frozen=True)
class ChangePoint:
    """One change of level.

    Parameters
    ----------
    position
        Number of values before the change: the level differs from this position
        (counted from 0) on.
    lower, upper
        Interval of ``position``; None where it cannot be told.
    before, after
        Mean of the segments on either side.
    """

    position: int
    lower: int | None
    upper: int | None
    before: float
    after: float

    def to_dict(self) -> dict[str, Any]:
        """Return the change for JSON."""
        return {
            "position": self.position,
            "lower": self.lower,
            "upper": self.upper,
            "before": json_number(self.before),
            "after": json_number(self.after),
        }


@dataclass(frozen=True, eq=False)
class ChangePoints:
    """The changes of level that were found.

    Parameters
    ----------
    changes
        In order; empty if there is none.
    p
        Permutation p value of "no change at all"; NaN where it was not tested.
    division
        The best division for every number of breaks, with its squared error and BIC.
    level
        Confidence level of the places.
    """

    changes: tuple[ChangePoint, ...]
    p: float
    division: Segmentation | None
    level: float


def change_points(  # noqa: PLR0913 - a notebook names what it means
    values: npt.ArrayLike,
    *,
    weights: npt.ArrayLike | None = None,
    most_breaks: int = 5,
    min_share: float = 0.15,
    level: float = 0.95,
    permutations: int = 199,
    seed: int = 1,
) -> ChangePoints:
    """Find where the level of a series changed.

    Parameters
    ----------
    values
        The series in order; no NaN.
    weights
        Precision of each value, such as its n; equal by default.
    most_breaks
        Most changes sought.
    min_share
        Least share of the series in a segment.
    level
        Confidence level; the permutation test must reach ``1 - level``.
    permutations
        Random orders drawn for the test; 0 leaves BIC alone to decide. A series of
        more than 400 values is judged by BIC alone.
    seed
        Seed of the random orders.

    Returns
    -------
    ChangePoints
        No change where the series is shorter than six values.

    Raises
    ------
    InputError
        If a value is not finite or the series is too long.

    Notes
    -----
    Assumes independent values around a level that is constant within segments: a
    slow trend or a season is reported as steps. The interval is Bai's (1997) with a
    variance of its own on each side; R's strucchange computes the same.

    Examples
    --------
    >>> found = change_points([1, 2, 1, 2, 1, 2, 9, 8, 9, 8, 9, 8])
    >>> [(change.position, change.before, change.after) for change in found.changes]
    [(6, 1.5, 8.5)]
    """
    y = np.asarray(values, dtype=float).ravel()
    w = np.ones(len(y)) if weights is None else np.asarray(weights, dtype=float)
    if not np.isfinite(y).all() or not np.isfinite(w).all() or (w <= 0).any():
        raise InputError(
            "change points need finite values and weights above 0; leave out empty "
            "periods first"
        )
    if len(y) > MOST_BINS:
        raise InputError(
            f"{len(y):,} values are more than {MOST_BINS:,}; take longer periods"
        )
    if len(y) < _LEAST_POINTS or np.ptp(y) == 0:
        return ChangePoints((), math.nan, None, level)
    w = w / w.mean()
    division = _divide(y, w, most_breaks, min_share)
    p = math.nan
    if division.best and permutations and len(y) <= _LONGEST_PERMUTED:
        rng = np.random.default_rng(seed)
        gains = np.empty(permutations)
        for draw in range(permutations):
            order = rng.permutation(len(y))
            gains[draw] = _gain(_divide(y[order], w[order], most_breaks, min_share))
        higher = int((gains >= _gain(division) - 1e-9).sum())
        p = (1 + higher) / (1 + permutations)
    if not division.best or p > 1 - level + 1e-12:
        return ChangePoints((), p, division, level)
    return ChangePoints(_changes(y, w, division, level), p, division, level)


def _divide(y: Floats, w: Floats, most: int, share: float) -> Segmentation:
    return segment(w, w * y, w * y * y, most_breaks=most, min_share=share)


def _gain(division: Segmentation) -> float:
    """How much better than no break the best division is, by BIC."""
    return float(division.bic[0] - division.bic.min())


def _changes(
    y: Floats, w: Floats, division: Segmentation, level: float
) -> tuple[ChangePoint, ...]:
    parts = []
    for start, end in division.spans():
        mean = float(np.average(y[start:end], weights=w[start:end]))
        error = float((w[start:end] * (y[start:end] - mean) ** 2).sum() / (end - start))
        parts.append((end, mean, error))
    found = []
    for (end, before, left), (_, after, right) in pairwise(parts):
        lower, upper = break_interval(end, before, after, left, right, level)
        found.append(ChangePoint(end, lower, upper, before, after))
    return tuple(found)


def break_interval(
    position: int,
    before: float,
    after: float,
    variance_before: float,
    variance_after: float,
    level: float = 0.95,
) -> tuple[int | None, int | None]:
    """Return the interval of a break's place (Bai 1997, eq. 15 and appendix B).

    The estimated place misses the true one by the position of the maximum of a
    two-sided Brownian motion with drift, in units of ``variance / change²``.

    Returns
    -------
    lower, upper
        Numbers of values before the break; None on a side that cannot be told.
    """
    change2 = (after - before) ** 2
    if not min(variance_before, variance_after, change2) > 0:
        return (position, position) if change2 > 0 else (None, None)
    ratio = variance_after / variance_before
    # Left of 0 the process is W(s) - s/2, right of it sqrt(ratio) W(s) - s/2; the
    # highest point of each side is exponential with rates 1 and 1 / ratio.
    tail = (1 - level) / 2
    left = _quantile(1 / ratio, tail)
    right = _quantile(ratio, tail)
    scale = variance_before / change2
    lower = None if right is None else position - math.ceil(right * scale * ratio)
    upper = None if left is None else position + math.ceil(left * scale)
    return lower, upper


def _quantile(rate: float, tail: float) -> float | None:
    """Distance beyond which the maximum lies on one side with probability ``tail``.

    The density of the maximum at distance u on a side of unit variance, against
    another side whose highest point is exponential with ``rate``, integrates to
    closed terms; they are summed numerically on a fine grid.
    """
    grid = np.concatenate([[0.0], np.geomspace(1e-6, 4_000.0, 20_000)])
    root = np.sqrt(grid)
    b = 0.5 + rate
    first = 0.5 * b * np.exp(-grid / 8) * erfcx(b * root / math.sqrt(2))
    density = first - 0.5 * ndtr(-root / 2)
    pieces = (density[1:] + density[:-1]) / 2 * np.diff(grid)
    beyond = np.concatenate([np.cumsum(pieces[::-1])[::-1], [0.0]])
    if beyond[0] <= tail:
        return None
    place = int(np.searchsorted(-beyond, -tail))
    return float(np.interp(tail, beyond[[place, place - 1]], grid[[place, place - 1]]))
