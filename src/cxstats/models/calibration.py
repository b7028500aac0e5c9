"""Whether probabilities mean what they say: Brier score, slope, intercept, deciles."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cxstats.estimates import Estimate, Floats
from cxstats.intervals import wilson_interval
from cxstats.intervals.trinomial import critical_value
from cxstats.models.discrimination import Judged

__all__ = ["Band", "Calibration", "bands_of", "brier", "calibrate"]

_EDGE = 1e-9
_STEPS = 50


@dataclass(frozen=True)
class Band:
    """Customers of similar predicted probability, and what became of them.

    Parameters
    ----------
    lowest, highest
        Range of the predicted probabilities.
    predicted
        Their mean.
    observed
        Share with the outcome, with its interval.
    """

    lowest: float
    highest: float
    predicted: float
    observed: Estimate

    def to_dict(self) -> dict[str, Any]:
        """Return the band for JSON."""
        return {
            "lowest": self.lowest,
            "highest": self.highest,
            "predicted": self.predicted,
            "observed": self.observed.to_dict(),
        }


@dataclass(frozen=True)
class Calibration:
    """How predicted and observed probabilities agree.

    Parameters
    ----------
    slope
        Of a logistic regression of the outcome on the log-odds predicted: 1 is right,
        below 1 the predictions are too extreme (over-fitting), above 1 too timid.
    intercept
        Of the same with the slope held at 1, in log-odds: above 0 the outcome is more
        frequent than predicted.
    bands
        Tenths of the customers by predicted probability, the lowest first.
    """

    slope: Estimate
    intercept: Estimate
    bands: tuple[Band, ...]


def brier(judged: Judged, level: float = 0.95) -> Estimate:
    """Estimate the mean squared error of the probabilities (Brier 1950).

    Parameters
    ----------
    judged
        Outcomes and probabilities.
    level
        Confidence level of the normal interval.
    """
    weights = judged.weights
    errors = (judged.probability - judged.label) ** 2
    value = float(np.average(errors, weights=weights))
    spread = ((weights * (errors - value)) ** 2).sum() / weights.sum() ** 2
    n = len(errors)
    std_error = math.sqrt(float(spread) * n / max(n - 1, 1))
    half = critical_value(level) * std_error
    return Estimate(
        value=value,
        unit="squared_error",
        std_error=std_error,
        lower=max(value - half, 0.0),
        upper=min(value + half, 1.0),
        level=level,
        n=n,
        n_effective=judged.n_effective,
        method="mean_squared_error",
    )


def calibrate(judged: Judged, level: float = 0.95, bands: int = 10) -> Calibration:
    """Compare predicted with observed probabilities.

    Parameters
    ----------
    judged
        Outcomes and probabilities.
    level
        Confidence level of every interval.
    bands
        How many groups of equal size to compare.

    Notes
    -----
    Slope and intercept: Cox (1958), Biometrika 45, 562-565; Van Calster et al.
    (2019), BMC Medicine 17, 230. NaN where all predictions or outcomes are alike.
    """
    chances = judged.probability.clip(_EDGE, 1 - _EDGE)
    odds = np.log(chances / (1 - chances))
    ones = np.ones_like(odds)
    spread = float(np.ptp(odds)) if len(odds) else 0.0
    both = np.column_stack([ones, odds]) if spread > _EDGE else None
    slope = _coefficient(both, np.zeros_like(odds), judged, level)
    intercept = _coefficient(ones[:, None], odds, judged, level)
    return Calibration(slope, intercept, bands_of(judged, level, bands))


def _coefficient(
    design: Floats | None, offset: Floats, judged: Judged, level: float
) -> Estimate:
    """Estimate the last coefficient of a small logistic regression."""
    value = std_error = math.nan
    is_mixed = bool(judged.label.any() and not judged.label.all())
    if design is not None and is_mixed:
        value, std_error = _newton(design, offset, judged)
    half = critical_value(level) * std_error
    return Estimate(
        value=value,
        unit="log_odds",
        std_error=std_error,
        lower=value - half,
        upper=value + half,
        level=level,
        n=len(judged.label),
        n_effective=judged.n_effective if len(judged.label) else 0.0,
        method="logistic_recalibration",
    )


def _newton(design: Floats, offset: Floats, judged: Judged) -> tuple[float, float]:
    weights, label = judged.weights, judged.label.astype(float)
    beta = np.zeros(design.shape[1])
    bread = np.full((len(beta), len(beta)), math.nan)
    for _step in range(_STEPS):
        chance = _logistic(offset + design @ beta)
        gradient = design.T @ (weights * (label - chance))
        curved = (design * (weights * chance * (1 - chance))[:, None]).T @ design
        if not np.linalg.cond(curved) < 1 / np.finfo(float).eps:
            return math.nan, math.nan
        bread = np.linalg.inv(curved)
        step = bread @ gradient
        beta += step
        if np.abs(step).max() < _EDGE:
            break
    chance = _logistic(offset + design @ beta)
    scores = design * (weights * (label - chance))[:, None]
    spread = bread @ (scores.T @ scores) @ bread
    return float(beta[-1]), math.sqrt(float(spread[-1, -1]))


def _logistic(odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-odds.clip(-700, 700))))


def bands_of(judged: Judged, level: float = 0.95, bands: int = 10) -> tuple[Band, ...]:
    """Cut rows into groups of about equal weight by probability, ties together."""
    place = _places(judged, bands)
    return tuple(
        _band(judged.take(place == number), level) for number in np.unique(place)
    )


def _places(judged: Judged, bands: int) -> npt.NDArray[np.int64]:
    _values, at = np.unique(judged.probability, return_inverse=True)
    held = np.bincount(at, judged.weights)
    middle = (np.cumsum(held) - held / 2) / held.sum() if len(held) else held
    return (middle * bands).astype(np.int64).clip(0, bands - 1)[at]


def _band(judged: Judged, level: float) -> Band:
    share, n = judged.base_rate, judged.n_effective
    lower, upper = wilson_interval(share * n, n, level)
    observed = Estimate(
        value=share,
        unit="share",
        std_error=math.sqrt(share * (1 - share) / n),
        lower=float(lower),
        upper=float(upper),
        level=level,
        n=len(judged.label),
        n_effective=n,
        method="wilson",
    )
    return Band(
        lowest=float(judged.probability.min()),
        highest=float(judged.probability.max()),
        predicted=float(np.average(judged.probability, weights=judged.weights)),
        observed=observed,
    )
