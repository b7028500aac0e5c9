"""Weights that reproduce the targets: pure functions over joint cells.

Iterative proportional fitting (Deming and Stephan 1940), with limits in the manner
of the truncated distance of Deville and Särndal (1992, case 7): the weight that an
unlimited pass asks for is cut at its limits, and the pass goes on from the uncut one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cxstats.aggregates.encoding import Ints
from cxstats.estimates import Floats
from cxstats.weighting.design import sum_by

__all__ = [
    "Fitted",
    "Side",
    "Stop",
    "fit_margins",
    "largest_miss",
    "residuals",
    "trim_weights",
]

_SMALLEST, _LARGEST = 1e-200, 1e200


@dataclass(frozen=True, eq=False)
class Side:
    """One margin as numbers: the value of each cell, and the target of each value."""

    index: Ints
    target: Floats

    def sums(self, people: Floats) -> Floats:
        """Add people up per value."""
        return sum_by(self.index, people, len(self.target))


@dataclass(frozen=True)
class Stop:
    """When fitting ends.

    Parameters
    ----------
    tolerance
        Largest relative difference from a target that counts as none.
    passes
        How many times all margins are fitted at most.
    """

    tolerance: float = 1e-11
    passes: int = 2000


@dataclass(frozen=True, eq=False)
class Fitted:
    """Weights per answer in each cell, and how the fitting ended.

    Parameters
    ----------
    weights
        Weight of one answer, per cell.
    passes
        Times all margins were fitted.
    has_converged
        Whether every margin holds within the tolerance.
    """

    weights: Floats
    passes: int
    has_converged: bool


def fit_margins(
    n: Floats,
    start: Floats,
    sides: Sequence[Side],
    stop: Stop,
    limits: tuple[Floats, Floats] | None = None,
) -> Fitted:
    """Fit weights to every margin in turn until all hold at once.

    Parameters
    ----------
    n
        Answers per cell.
    start
        Weight of one answer to start from, above 0.
    sides
        Margins; every value has at least one cell and a target above 0.
    stop
        When to end.
    limits
        Smallest and largest weight of one answer, per cell.
    """
    low, high = limits or (np.zeros(len(n)), np.full(len(n), np.inf))
    free = start.copy()
    passes, miss = 0, np.inf
    while miss > stop.tolerance and passes < stop.passes:
        for side in sides:
            sums = side.sums(n * np.clip(free, low, high))
            free = free * (side.target / sums)[side.index]
            free = np.clip(free, _SMALLEST, _LARGEST)
        passes += 1
        miss = largest_miss(n * np.clip(free, low, high), sides)
    return Fitted(np.clip(free, low, high), passes, miss <= stop.tolerance)


def largest_miss(people: Floats, sides: Sequence[Side]) -> float:
    """Return the largest relative difference between a sum and its target."""
    return max(
        float(np.max(np.abs(side.sums(people) / side.target - 1))) for side in sides
    )


def trim_weights(n: Floats, weights: Floats, cap: float) -> Floats:
    """Cut weights at a cap and give what was cut to the others in proportion.

    The total stays; margins need not. ``cap`` times all answers must be at least the
    total.
    """
    total = float(n @ weights)
    trimmed = weights
    for _again in range(len(weights)):
        over = trimmed >= cap
        trimmed = np.minimum(trimmed, cap)
        rest = float(n[~over] @ trimmed[~over])
        wanted = total - cap * float(n[over].sum())
        if rest <= 0 or wanted <= rest * (1 + 1e-15):
            break
        trimmed = np.where(over, cap, trimmed * (wanted / rest))
    return trimmed


def residuals(
    values: Floats, weight: Floats, cells: Ints, sides: Sequence[Side]
) -> Floats:
    """Return what the margins leave unexplained of a value.

    Residuals of the regression, by weight, of the value on the indicators of all
    margins, found by taking the means of each margin out in turn until nothing is
    left to take out.

    Parameters
    ----------
    values, weight
        Per row.
    cells
        Joint cell of each row.
    sides
        Margins over the joint cells.
    """
    size = len(sides[0].index)
    total = sum_by(cells, weight, size)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(total > 0, sum_by(cells, weight * values, size) / total, 0)
    left = mean.copy()
    scale = float(np.max(np.abs(values), initial=0.0)) or 1.0
    for _again in range(Stop.passes):
        moved = 0.0
        for side in sides:
            people = side.sums(total)
            taken = side.sums(total * left) / np.where(people > 0, people, 1.0)
            left = left - taken[side.index]
            moved = max(moved, float(np.max(np.abs(taken))))
        if moved <= 1e-14 * scale:
            break
    return np.asarray(values - (mean - left)[cells])
