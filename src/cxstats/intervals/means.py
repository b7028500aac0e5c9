"""Intervals for a mean score."""

from __future__ import annotations

import numpy as np
import scipy

from cxstats.estimates import Floats
from cxstats.intervals.shares import wilson_interval

__all__ = ["bounded_interval", "t_interval"]


def t_interval(
    mean: Floats, std_error: Floats, df: Floats, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Return ``mean ± t(df) std_error``; NaN where df is below 1.

    Parameters
    ----------
    mean, std_error
        In the unit of the score, one entry per group.
    df
        Degrees of freedom: n - 1, or sampled units minus strata for a design.
    level
        Confidence level.
    """
    df = np.asarray(df, dtype=float)
    quantile = scipy.stats.t.ppf((1 + level) / 2, np.where(df >= 1, df, np.nan))
    half = quantile * std_error
    return np.asarray(mean - half), np.asarray(mean + half)


def bounded_interval(
    mean: Floats, n: Floats, ends: tuple[float, float], level: float = 0.95
) -> tuple[Floats, Floats]:
    """Return a cautious interval for a mean on a bounded scale.

    A variable between two ends varies at most as much as one that only takes the
    two ends, so Wilson's interval of the rescaled mean is wide enough. It serves
    where the answers show no spread (all equal, or a single one) and a t interval
    would claim certainty.
    """
    low, high = ends
    share = (np.asarray(mean, dtype=float) - low) / (high - low)
    lower, upper = wilson_interval(share * n, n, level)
    return low + lower * (high - low), low + upper * (high - low)
