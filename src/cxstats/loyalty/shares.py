"""Shares of customers and of sums, with intervals, from moments that engines add up."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from cxstats.estimates import Estimate
from cxstats.intervals import wilson_interval
from cxstats.intervals.trinomial import critical_value

__all__ = ["Sums", "customer_share", "value_share"]


@dataclass(frozen=True)
class Sums:
    """Moments of a group of customers; they merge by addition.

    Parameters
    ----------
    n
        Customers with a number and a usable weight.
    w, w2
        Sums of weights and of their squares.
    wx, wx2, w2x2
        Sums of weight times value, times its square, and of both squared.
    """

    n: int = 0
    w: float = 0.0
    w2: float = 0.0
    wx: float = 0.0
    wx2: float = 0.0
    w2x2: float = 0.0

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """Read one row of group moments."""
        names = ("w", "w2", "wx", "wx2", "w2x2")
        return cls(int(row["n_used"]), *(float(row[name]) for name in names))

    def __add__(self, other: Sums) -> Sums:
        """Merge two groups."""
        return Sums(
            self.n + other.n,
            self.w + other.w,
            self.w2 + other.w2,
            self.wx + other.wx,
            self.wx2 + other.wx2,
            self.w2x2 + other.w2x2,
        )

    @classmethod
    def total(cls, parts: Iterable[Sums]) -> Sums:
        """Merge many groups."""
        return sum(parts, Sums())

    @property
    def mean(self) -> float:
        """Weighted mean; NaN without a customer."""
        return self.wx / self.w if self.w else math.nan


def customer_share(part: Sums, whole: Sums, level: float) -> Estimate:
    """Estimate which share of the customers a part is, by Wilson's interval."""
    n_effective = whole.w**2 / whole.w2 if whole.w2 else 0.0
    value = part.w / whole.w if whole.w else math.nan
    lower, upper = wilson_interval(value * n_effective, n_effective, level)
    spread = value * (1 - value)
    return Estimate(
        value=value,
        unit="share",
        std_error=math.sqrt(spread / n_effective) if n_effective else math.nan,
        lower=float(lower),
        upper=float(upper),
        level=level,
        n=whole.n,
        n_effective=n_effective,
        method="wilson",
    )


def value_share(part: Sums, whole: Sums, level: float) -> Estimate:
    """Estimate which share of a sum a part brings, by its linearised variance.

    Says how far the share could be from that of another sample of such customers.
    Clipped to 0..1; NaN where the whole is not above 0.
    """
    value = part.wx / whole.wx if whole.wx > 0 else math.nan
    spread = part.w2x2 * (1 - 2 * value) + value**2 * whole.w2x2
    factor = whole.n / (whole.n - 1) if whole.n > 1 else math.nan
    is_known = not math.isnan(value)
    std_error = (
        math.sqrt(max(spread * factor, 0.0)) / whole.wx if is_known else math.nan
    )
    half = critical_value(level) * std_error
    return Estimate(
        value=value,
        unit="share",
        std_error=std_error,
        lower=max(value - half, 0.0) if is_known else math.nan,
        upper=min(value + half, 1.0) if is_known else math.nan,
        level=level,
        n=whole.n,
        n_effective=whole.w**2 / whole.w2 if whole.w2 else 0.0,
        method="linearised_ratio",
    )
