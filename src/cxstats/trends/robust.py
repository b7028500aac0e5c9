"""Outlying values and the dispersion of a series, by medians that resist them."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cxstats.estimates import Floats, json_number

__all__ = ["Dispersion", "dispersion_of", "robust_z"]

_NORMAL_MAD = 0.6744897501960817
_NORMAL_MEAN_DEVIATION = 1.2533141373155001

_SMALLEST = 1e-290

OUTLYING = 3.5
"""Robust z beyond which a value is an outlier (Iglewicz and Hoaglin 1993)."""


@dataclass(frozen=True)
class Dispersion:
    """How far the values of a series lie apart, in their unit.

    Parameters
    ----------
    n
        Values.
    mean, median, std
        Mean, median and standard deviation (divisor n - 1).
    mad
        Median absolute deviation, scaled to the standard deviation of a normal law.
    iqr
        Distance of the quartiles.
    lowest, highest
        Smallest and largest value.
    variation
        Standard deviation divided by the mean; NaN unless all values are positive.
    """

    n: int
    mean: float
    median: float
    std: float
    mad: float
    iqr: float
    lowest: float
    highest: float
    variation: float

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers for JSON; one that is not known is None."""
        return {
            name: value if name == "n" else json_number(value)
            for name, value in asdict(self).items()
        }


def dispersion_of(values: npt.ArrayLike) -> Dispersion:
    """Describe the spread of a series; values that are not finite are left out.

    Examples
    --------
    >>> spread = dispersion_of([1, 2, 3, 4, 100])
    >>> spread.median, round(spread.mad, 2), spread.iqr
    (3.0, 1.48, 2.0)
    """
    y = np.asarray(values, dtype=float).ravel()
    y = y[np.isfinite(y)]
    if not len(y):
        return Dispersion(0, *[math.nan] * 8)
    std = float(y.std(ddof=1)) if len(y) > 1 else math.nan
    low, middle, high = (float(q) for q in np.quantile(y, (0.25, 0.5, 0.75)))
    mean = float(y.mean())
    return Dispersion(
        n=len(y),
        mean=mean,
        median=middle,
        std=std,
        mad=float(np.median(np.abs(y - middle)) / _NORMAL_MAD),
        iqr=high - low,
        lowest=float(y.min()),
        highest=float(y.max()),
        variation=std / mean if (y > 0).all() else math.nan,
    )


def robust_z(values: npt.ArrayLike) -> Floats:
    """Return each value's distance from the median in robust standard deviations.

    ``0.6745 (x - median) / MAD``. Where more than half of the values are equal the
    MAD is 0, and the mean absolute deviation takes its place; a constant series has
    0 everywhere. Values that are not finite stay NaN.

    References
    ----------
    Iglewicz & Hoaglin (1993), How to Detect and Handle Outliers; beyond 3.5 a value
    is an outlier.

    Examples
    --------
    >>> robust_z([1, 2, 3, 4, 100]).round(1).tolist()
    [-1.3, -0.7, 0.0, 0.7, 65.4]
    """
    y = np.asarray(values, dtype=float).ravel()
    known = np.isfinite(y)
    if not known.any():
        return np.full(len(y), np.nan)
    centre = float(np.median(y[known]))
    away = np.abs(y[known] - centre)
    # Differences at the last digit of the numbers are rounding, not spread.
    rounding = 1e-12 * float(np.abs(y[known]).max())
    scale = float(np.median(away)) / _NORMAL_MAD
    if not scale > rounding:
        scale = float(away.mean()) * _NORMAL_MEAN_DEVIATION
    if not scale > max(rounding, _SMALLEST):
        return np.where(known, 0.0, np.nan)
    return np.where(known, (y - centre) / scale, np.nan)
