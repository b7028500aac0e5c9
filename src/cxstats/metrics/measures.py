"""What is averaged: a coded value per score, with the interval that suits it.

A measure turns scores into values whose weighted mean is the estimate. From n,
the sum and the sum of squares of the values it also makes the interval of an
equally weighted sample.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np

from cxstats.estimates import Floats
from cxstats.intervals import (
    bounded_interval,
    net_score_interval,
    t_interval,
    wilson_interval,
)
from cxstats.scales import Scale

__all__ = ["Interval", "MeanScore", "Measure", "NetScore", "ShareBetween"]


@dataclass(frozen=True, eq=False)
class Interval:
    """Standard error, ends and method per group."""

    std_error: Floats
    lower: Floats
    upper: Floats
    methods: list[str]


class Measure(Protocol):
    """A coded value per score and the interval of its mean.

    ``unit`` and ``factor`` say what a mean becomes when it is reported; ``added``
    is what an adjusted Wald comparison adds to n, Σv and Σv² of each group, None
    where a t test serves.
    """

    unit: ClassVar[str]
    factor: ClassVar[float]
    added: ClassVar[tuple[float, float, float] | None]

    @property
    def ends(self) -> tuple[float, float]:
        """Smallest and largest possible value."""

    def values(self, scores: Floats) -> Floats:
        """Return the coded value of each score."""

    def interval(self, n: Floats, s1: Floats, s2: Floats, level: float) -> Interval:
        """Return the interval from n, Σv and Σv² of equally weighted answers."""


@dataclass(frozen=True)
class NetScore:
    """Promoters 1, passives 0, detractors -1: the mean is the net score."""

    scale: Scale
    unit: ClassVar[str] = "points"
    factor: ClassVar[float] = 100.0
    added: ClassVar[tuple[float, float, float] | None] = (3.0, 0.0, 1.5)

    @property
    def ends(self) -> tuple[float, float]:
        """Smallest and largest net score."""
        return -1.0, 1.0

    def values(self, scores: Floats) -> Floats:
        """Return -1, 0 or 1 per score."""
        detractor_max, promoter_min = self.scale.cuts()
        promoters = (scores >= promoter_min).astype(float)
        return promoters - (scores <= detractor_max)

    def interval(self, n: Floats, s1: Floats, s2: Floats, level: float) -> Interval:
        """Return the adjusted Wald or the score interval."""
        promoters, detractors = (s2 + s1) / 2, (s2 - s1) / 2
        # Rounding of effective counts must not make an empty class look answered.
        passives = np.where(n - s2 > 1e-12 * n, n - s2, 0.0)
        ends = net_score_interval(detractors, passives, promoters, level)
        lower, upper, is_score = ends
        methods = np.where(is_score, "score", "adjusted_wald").tolist()
        return Interval(_spread(n, s1, s2, 0), lower, upper, methods)


@dataclass(frozen=True)
class MeanScore:
    """The score itself."""

    scale: Scale
    unit: ClassVar[str] = "score"
    factor: ClassVar[float] = 1.0
    added: ClassVar[tuple[float, float, float] | None] = None

    @property
    def ends(self) -> tuple[float, float]:
        """Ends of the scale."""
        return float(self.scale.minimum), float(self.scale.maximum)

    def values(self, scores: Floats) -> Floats:
        """Return the scores."""
        return scores

    def interval(self, n: Floats, s1: Floats, s2: Floats, level: float) -> Interval:
        """Return the t interval; without spread the cautious bounded one."""
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = s1 / n
        std_error = _spread(n, s1, s2, 1)
        lower, upper = t_interval(mean, std_error, n - 1, level)
        # Below one degree of freedom there is no t; the cautious interval stands in.
        flat = ~(std_error > 1e-9 * (self.ends[1] - self.ends[0])) | (n < 2)  # noqa: PLR2004
        wide = bounded_interval(mean, n, self.ends, level)
        lower, upper = np.where(flat, wide[0], lower), np.where(flat, wide[1], upper)
        low, high = self.ends
        methods = np.where(flat, "bounded", "t").tolist()
        return Interval(
            std_error, lower.clip(low, high), upper.clip(low, high), methods
        )


@dataclass(frozen=True)
class ShareBetween:
    """1 for scores from ``low`` to ``high``, else 0: the mean is a share."""

    low: float
    high: float
    unit: ClassVar[str] = "share"
    factor: ClassVar[float] = 1.0
    added: ClassVar[tuple[float, float, float] | None] = (2.0, 1.0, 1.0)

    @property
    def ends(self) -> tuple[float, float]:
        """Smallest and largest share."""
        return 0.0, 1.0

    def values(self, scores: Floats) -> Floats:
        """Return 1 or 0 per score."""
        return ((scores >= self.low) & (scores <= self.high)).astype(float)

    def interval(self, n: Floats, s1: Floats, s2: Floats, level: float) -> Interval:
        """Return Wilson's interval."""
        lower, upper = wilson_interval(s1, n, level)
        methods = ["wilson"] * len(n)
        return Interval(_spread(n, s1, s2, 0), lower, upper, methods)


def _spread(n: Floats, s1: Floats, s2: Floats, ddof: int) -> Floats:
    """Return the standard error of a mean; NaN where n is not above ``ddof``."""
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = np.maximum(s2 - s1**2 / n, 0) / np.where(n > ddof, n - ddof, np.nan)
        return np.asarray(np.sqrt(variance / n))
