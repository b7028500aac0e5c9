"""Interval for a single share."""

from __future__ import annotations

import numpy as np

from cxstats.estimates import Floats
from cxstats.intervals.trinomial import critical_value

__all__ = ["wilson_interval"]


def wilson_interval(
    hits: Floats | float, n: Floats | float, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Return Wilson's score interval of a share (Wilson 1927), inside 0..1.

    Parameters
    ----------
    hits, n
        Answers that count and all answers; fractional counts are allowed.
    level
        Confidence level.

    Returns
    -------
    lower, upper
        Ends between 0 and 1; NaN where n is 0.

    Examples
    --------
    >>> lower, upper = wilson_interval(0, 10)
    >>> float(lower), round(float(upper), 4)
    (0.0, 0.2775)
    """
    z = critical_value(level)
    hits, n = np.asarray(hits, dtype=float), np.asarray(n, dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = hits / n
        centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
        spread = np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
        half = z * spread / (1 + z**2 / n)
    # At 0 and 1 the ends are exact; subtraction would leave a trace of rounding.
    lower = np.where(hits == 0, np.where(n > 0, 0.0, np.nan), centre - half)
    upper = np.where(hits == n, np.where(n > 0, 1.0, np.nan), centre + half)
    return lower.clip(0, 1), upper.clip(0, 1)
