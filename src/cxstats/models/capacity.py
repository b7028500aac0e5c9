"""What a list of limited length catches: lift, precision and recall at a capacity."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cxstats.errors import InputError
from cxstats.estimates import Estimate, Floats
from cxstats.intervals import wilson_interval
from cxstats.models.discrimination import Judged

__all__ = ["Capacity", "at_capacity"]


@dataclass(frozen=True)
class Capacity:
    """What contacting the customers of highest probability would have met.

    Parameters
    ----------
    share
        Share of the customers that can be contacted, 0 to 1.
    contacted
        How many that is; a fraction where weights or ties make one.
    lift
        Outcomes among them relative to a list of random customers.
    precision
        Share of them with the outcome.
    recall
        Share of all outcomes that were among them.
    """

    share: float
    contacted: float
    lift: Estimate
    precision: Estimate
    recall: Estimate


def at_capacity(judged: Judged, share: float = 0.1, level: float = 0.95) -> Capacity:
    """Judge the list of the highest probabilities that a capacity allows.

    Customers of one probability at the end of the list share its last places evenly,
    so that the order of rows is irrelevant.

    Parameters
    ----------
    judged
        Outcomes and probabilities.
    share
        Share of the customers on the list, above 0 and at most 1.
    level
        Confidence level; intervals are Wilson's, that of the lift is the one of the
        precision over the base rate.

    Raises
    ------
    InputError
        If the share is not above 0 and at most 1.

    Examples
    --------
    >>> label = np.array([True, True, False, False])
    >>> judged = Judged(label, np.array([0.9, 0.6, 0.6, 0.1]))
    >>> at_capacity(judged, 0.5).precision.value
    0.75
    """
    if not 0 < share <= 1:
        raise InputError(f"a capacity is above 0 and at most 1; received {share}")
    chosen = _chosen(judged, share)
    contacted, hits = float(chosen.sum()), float(chosen[judged.label].sum())
    outcomes = float(judged.weights[judged.label].sum())
    scale = judged.n_effective / judged.weights.sum()
    n = len(judged.label)
    precision = _share(hits, contacted, scale, level, n)
    recall = _share(hits, outcomes, scale, level, n)
    base = outcomes / float(judged.weights.sum())
    lift = Estimate(
        value=_ratio(precision.value, base),
        unit="ratio",
        std_error=_ratio(precision.std_error, base),
        lower=_ratio(precision.lower, base),
        upper=_ratio(precision.upper, base),
        level=level,
        n=n,
        n_effective=judged.n_effective,
        method="wilson_over_base_rate",
    )
    return Capacity(share, contacted, lift, precision, recall)


def _chosen(judged: Judged, share: float) -> Floats:
    """Return how much of each row's weight is on the list."""
    _values, place = np.unique(-judged.probability, return_inverse=True)
    held = np.bincount(place, judged.weights)
    room = share * held.sum() - (np.cumsum(held) - held)
    fraction = (room / held).clip(0, 1)
    return np.asarray(judged.weights * fraction[place])


def _share(hits: float, total: float, scale: float, level: float, n: int) -> Estimate:
    size = total * scale
    lower, upper = wilson_interval(hits * scale, size, level)
    value = _ratio(hits, total)
    spread = value * (1 - value)
    return Estimate(
        value=value,
        unit="share",
        std_error=math.sqrt(spread / size) if size else math.nan,
        lower=float(lower),
        upper=float(upper),
        level=level,
        n=n,
        n_effective=size,
        method="wilson",
    )


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else math.nan
