"""Growth from period to period and year over year, with intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from cxstats.errors import InputError
from cxstats.estimates import Floats, json_number

__all__ = ["Growth", "count_growth", "value_growth"]


@dataclass(frozen=True)
class Growth:
    """One period against an earlier one.

    Parameters
    ----------
    position, earlier
        Positions of both periods.
    change, lower, upper
        Difference of the values with its interval, in their unit (for counts: of the
        rates).
    rate, rate_lower, rate_upper
        Relative growth: 0.1 is 10 % more. NaN for net scores, where a ratio has no
        meaning, and where the earlier value is 0.
    """

    position: int
    earlier: int
    change: float
    lower: float
    upper: float
    rate: float
    rate_lower: float
    rate_upper: float

    def to_dict(self) -> dict[str, Any]:
        """Return the growth for JSON; a number that is not known is None."""
        return {
            "position": self.position,
            "earlier": self.earlier,
            "change": json_number(self.change),
            "lower": json_number(self.lower),
            "upper": json_number(self.upper),
            "rate": json_number(self.rate),
            "rate_lower": json_number(self.rate_lower),
            "rate_upper": json_number(self.rate_upper),
        }


def value_growth(
    values: npt.ArrayLike,
    std_errors: npt.ArrayLike,
    *,
    lag: int = 1,
    level: float = 0.95,
    relative: bool = True,
) -> tuple[Growth, ...]:
    """Compare every period with the one ``lag`` periods before.

    Parameters
    ----------
    values, std_errors
        One per period; NaN leaves a gap.
    lag
        1 for the period before (chain), 12 for the same month a year earlier.
    level
        Confidence level.
    relative
        Whether a ratio has a meaning (shares, means above 0; not net scores).

    Returns
    -------
    tuple of Growth
        One per period that has both values. Periods are taken as independent; the
        interval of the rate is symmetric on the logarithm (delta method).

    Raises
    ------
    InputError
        If the lag is below 1.
    """
    y, error = (np.asarray(x, dtype=float) for x in (values, std_errors))
    pairs = _pairs(len(y), lag)
    z = _critical(level)
    found = []
    for early, late in pairs:
        change = y[late] - y[early]
        if not math.isfinite(change):
            continue
        half = z * math.hypot(error[early], error[late])
        ratio = _ratio(y[[early, late]], error[[early, late]], z) if relative else _NONE
        found.append(Growth(late, early, float(change), float(change - half),
                            float(change + half), *ratio))  # fmt: skip
    return tuple(found)


def count_growth(
    counts: Sequence[float],
    *,
    exposure: Sequence[float] | None = None,
    per: float = 10_000.0,
    lag: int = 1,
    level: float = 0.95,
) -> tuple[Growth, ...]:
    """Compare counts of events, such as complaints, with those ``lag`` periods before.

    Parameters
    ----------
    counts
        Events per period.
    exposure
        Customers (or orders, calls) per period, above 0; equal by default.
    per
        Unit of the rate: complaints per 10,000 customers.
    lag, level
        As in `value_growth`.

    Returns
    -------
    tuple of Growth
        ``change`` is the difference of the rates per ``per``, ``rate`` the relative
        growth with the interval of a ratio of two Poisson rates.

    Raises
    ------
    InputError
        If a count is negative or an exposure is not above 0.

    Examples
    --------
    >>> growth = count_growth([40, 60], exposure=[20_000, 20_000])[0]
    >>> round(growth.change), round(growth.rate, 2), growth.rate_lower > 0
    (10, 0.5, True)
    """
    x = np.asarray(counts, dtype=float)
    base = np.ones(len(x)) * per if exposure is None else np.asarray(exposure, float)
    if (x < 0).any() or not (base > 0).all() or len(base) != len(x):
        raise InputError(
            "counts are 0 or more and every period has an exposure above 0; look at "
            "the columns"
        )
    rates, errors = per * x / base, per * np.sqrt(x) / base
    return value_growth(rates, errors, lag=lag, level=level)


_NONE = (math.nan, math.nan, math.nan)


def _pairs(size: int, lag: int) -> list[tuple[int, int]]:
    if lag < 1:
        raise InputError(f"a lag is 1 period or more; received {lag}")
    return [(place - lag, place) for place in range(lag, size)]


def _ratio(y: Floats, error: Floats, z: float) -> tuple[float, float, float]:
    if not (y > 0).all() or not np.isfinite(error).all():
        return _NONE
    log = math.log(y[1] / y[0])
    half = z * math.hypot(error[0] / y[0], error[1] / y[1])
    rate, low, high = (math.expm1(part) for part in (log, log - half, log + half))
    return rate, low, high


def _critical(level: float) -> float:
    if not 0 < level < 1:
        raise InputError(f"the level lies between 0 and 1; received {level}")
    return float(ndtri((1 + level) / 2))
