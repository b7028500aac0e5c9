"""Outcomes of classes of customers, and what sets two classes apart."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import scipy

from cxstats.estimates import Estimate
from cxstats.intervals import t_interval
from cxstats.intervals.trinomial import critical_value
from cxstats.loyalty.profit import CLASSES
from cxstats.loyalty.shares import Sums

__all__ = [
    "class_of",
    "counted",
    "mean_difference",
    "mean_of",
    "share_difference",
    "share_ratio",
]


def class_of(place: int | None) -> str | None:
    """Name the class of a bin; the bins below and above the scale have none."""
    if place is None or not 1 <= place <= len(CLASSES):
        return None
    return CLASSES[place - 1]


def counted(row: Mapping[str, Any], *, weighted: bool) -> Sums:
    """Read one row of a histogram."""
    n = row["n_weighted"] if weighted else row["n"]
    return Sums(n, row["w"], row["w2"]) if weighted else Sums(n, n, n)


def mean_of(row: Mapping[str, Any] | None, level: float) -> Estimate:
    """Estimate the mean of one row of group moments, by Student's t."""
    sums = Sums() if row is None else Sums.of(row)
    n_effective = sums.w**2 / sums.w2 if sums.w2 else 0.0
    mean = sums.mean
    std_error = lower = upper = math.nan
    if row is not None and sums.n > 1:
        spread = row["w2x2"] - 2 * mean * row["w2x"] + mean**2 * sums.w2
        variance = max(spread, 0.0) / sums.w**2 * sums.n / (sums.n - 1)
        std_error = math.sqrt(variance)
        df = np.array(sums.n - 1.0)
        ends = t_interval(np.array(mean), np.array(std_error), df, level)
        lower, upper = (float(end) for end in ends)
    return Estimate(
        value=mean,
        unit="money",
        std_error=std_error,
        lower=lower,
        upper=upper,
        level=level,
        n=sums.n,
        n_effective=n_effective,
        method="mean_t",
    )


def share_difference(low: Estimate, high: Estimate) -> Estimate:
    """Difference of two shares from their Wilson intervals (Newcombe 1998)."""
    value = low.value - high.value
    below = math.hypot(low.value - low.lower, high.upper - high.value)
    above = math.hypot(low.upper - low.value, high.value - high.lower)
    std_error = math.hypot(low.std_error, high.std_error)
    ends = (value - below, value + above)
    return _compared(low, high, (value, std_error, *ends), "newcombe")


def mean_difference(low: Estimate, high: Estimate) -> Estimate:
    """Difference of two means with Welch's degrees of freedom."""
    value = low.value - high.value
    std_error = math.hypot(low.std_error, high.std_error)
    parts = [(e.std_error**2, e.n - 1) for e in (low, high)]
    spread = sum(part**2 / df for part, df in parts if df > 0)
    df = std_error**4 / spread if spread else math.nan
    half = float(scipy.stats.t.ppf((1 + low.level) / 2, df)) * std_error
    return _compared(
        low, high, (value, std_error, value - half, value + half), "welch_t"
    )


def share_ratio(low: Estimate, high: Estimate, level: float) -> Estimate:
    """Ratio of two shares on the log scale; half a case is added where one is zero."""
    cases = [e.value * e.n_effective for e in (low, high)]
    sizes = [e.n_effective for e in (low, high)]
    if not all(sizes):
        return _compared(low, high, (math.nan,) * 4, "log_ratio")
    add = 0.0 if all(cases) else 0.5
    a, b = (case + add for case in cases)
    m, n = (size + add for size in sizes)
    value = (a / m) / (b / n)
    error = math.sqrt(max(1 / a - 1 / m + 1 / b - 1 / n, 0.0))
    z = critical_value(level)
    ends = (value * math.exp(-z * error), value * math.exp(z * error))
    return _compared(low, high, (value, value * error, *ends), "log_ratio", "ratio")


def _compared(
    low: Estimate,
    high: Estimate,
    numbers: tuple[float, ...],
    method: str,
    unit: str | None = None,
) -> Estimate:
    value, std_error, lower, upper = numbers
    return Estimate(
        value=value,
        unit=unit or low.unit,
        std_error=std_error,
        lower=lower,
        upper=upper,
        level=low.level,
        n=low.n + high.n,
        n_effective=low.n_effective + high.n_effective,
        method=method,
    )
