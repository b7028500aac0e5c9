"""How small a slice may be: as small as a large difference could still be seen in.

A share of all answers is the wrong limit: one percent of ten thousand is too few to
see anything but a collapse, and one percent of a million hides a whole city district.
The limit is the size at which a difference worth the name is found with good odds,
given how many slices compete with it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

import scipy

from cxstats.discovery.axes import Axis
from cxstats.discovery.study import Study
from cxstats.discovery.sums import coded_moments

__all__ = ["answers_to_see", "most_slices", "threshold"]

LARGE = 0.3
"""Share of the range of scores that is a large difference: 60 points of NPS."""

POWER = 0.9

_EULER = 0.5772156649015329


def most_slices(axes: Sequence[Axis], max_conditions: int) -> int:
    """Count the slices of up to two conditions that could be tried, whatever their n.

    Examples
    --------
    >>> most_slices([], 2)
    0
    """
    sizes = [len(axis.runs) for axis in axes]
    pairs = sum(a * b for a, b in combinations(sizes, 2)) if max_conditions > 1 else 0
    return sum(sizes) + pairs


def threshold(tests: int, alpha: float) -> float:
    """Return the |z| from which one slice alone is significant among so many.

    Benjamini and Yekutieli's smallest limit: alpha / (m (1 + 1/2 + ... + 1/m)).

    Examples
    --------
    >>> round(threshold(15_000, 0.05), 2)
    5.11
    """
    m = max(tests, 1)
    harmonic = math.log(m) + _EULER + 1 / (2 * m)
    return float(scipy.stats.norm.isf(alpha / (2 * m * harmonic)))


def answers_to_see(study: Study, alpha: float, tests: int) -> int:
    """Return the answers in which a large difference is found nine times in ten.

    Parameters
    ----------
    study
        Gives the spread of the scores and their range.
    alpha
        False discovery rate.
    tests
        Slices that compete.
    """
    w, s, q = (float(item) for item in coded_moments(study.sums()))
    spread = math.sqrt(max(q / w - (s / w) ** 2, 0.0)) if w else 0.0
    low, high = study.measure.ends
    reach = threshold(tests, alpha) + float(scipy.stats.norm.ppf(POWER))
    return math.ceil((reach * spread / (LARGE * (high - low))) ** 2)
