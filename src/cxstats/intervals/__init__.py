"""Confidence intervals for scores, shares, class distributions and means.

Every function is vectorised over groups, clips to the possible range where the
method can leave it, and names its source.
"""

from __future__ import annotations

from cxstats.intervals.means import bounded_interval, t_interval
from cxstats.intervals.multinomial import goodman_intervals, sison_glaz_intervals
from cxstats.intervals.shares import wilson_interval
from cxstats.intervals.trinomial import (
    adjusted_wald_interval,
    net_score_interval,
    score_interval,
    wald_interval,
)

__all__ = [
    "adjusted_wald_interval",
    "bounded_interval",
    "goodman_intervals",
    "net_score_interval",
    "score_interval",
    "sison_glaz_intervals",
    "t_interval",
    "wald_interval",
    "wilson_interval",
]
