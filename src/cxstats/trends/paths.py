"""CUSUM and EWMA of standardised values, period by period."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cxstats.estimates import Floats
from cxstats.trends.run_lengths import ChartDesign

__all__ = ["Paths", "follow"]


@dataclass(frozen=True, eq=False)
class Paths:
    """The statistics of both memory charts.

    Parameters
    ----------
    up, down
        Two one-sided CUSUMs, 0 or more: evidence that the level rose, or fell.
    up_since, down_since
        Position of the period with which each CUSUM last left 0: the estimated
        onset of the shift; -1 while it is 0.
    average
        Exponentially weighted average of z.
    limit
        Limit of the average on either side.
    """

    up: Floats
    down: Floats
    up_since: tuple[int, ...]
    down_since: tuple[int, ...]
    average: Floats
    limit: float


def follow(z: Floats, design: ChartDesign) -> Paths:
    """Follow z through both charts; a period without a value changes nothing.

    Limits of the EWMA are those of its long run, so that its stated run length holds
    exactly; the CUSUM goes on after a signal and does not start anew.
    """
    up, up_since = _one_side(z, design.k)
    down, down_since = _one_side(-z, design.k)
    average = np.empty(len(z))
    level = 0.0
    for place, value in enumerate(z):
        if math.isfinite(value):
            level += design.weight * (value - level)
        average[place] = level
    limit = design.reach * math.sqrt(design.weight / (2 - design.weight))
    return Paths(up, down, up_since, down_since, average, limit)


def _one_side(z: Floats, k: float) -> tuple[Floats, tuple[int, ...]]:
    path, since = np.empty(len(z)), []
    level, onset = 0.0, -1
    for place, value in enumerate(z):
        if math.isfinite(value):
            rising = level + value - k
            onset = -1 if rising <= 0 else (place if level <= 0 else onset)
            level = max(rising, 0.0)
        path[place] = level
        since.append(onset)
    return path, tuple(since)
