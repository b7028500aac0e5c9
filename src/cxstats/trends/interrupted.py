"""Interrupted time series: did the level or the slope change at a known moment."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy

from cxstats.charts.trends import interruption_chart
from cxstats.display import notice_lines, text_table
from cxstats.errors import InputError
from cxstats.estimates import Estimate, Floats, Notice, json_number
from cxstats.results import Result

__all__ = ["InterruptedSeries", "interrupted_series"]

_LEAST_SIDE = 3
_ENOUGH_SIDE = 8


@dataclass(frozen=True, eq=False, repr=False)
class InterruptedSeries(Result):
    """A series before and after an intervention.

    Parameters
    ----------
    level_change
        Jump at the intervention, against the trend before it.
    slope_change
        Change of the slope, per period.
    slope_before
        Slope before the intervention, per period.
    effect_at_end
        What the last period has more than the old trend would have brought.
    p
        Two-sided p value by name of the four.
    values, fitted, expected
        The series, its fit, and the old trend carried on (from the intervention).
    position
        Periods before the intervention.
    lags
        Lags of the Newey-West standard errors.
    warnings
        What the reader must know.
    """

    level_change: Estimate
    slope_change: Estimate
    slope_before: Estimate
    effect_at_end: Estimate
    p: dict[str, float]
    values: Floats
    fitted: Floats
    expected: Floats
    position: int
    lags: int
    warnings: tuple[Notice, ...]

    def _named(self) -> dict[str, Estimate]:
        return {
            "level_change": self.level_change,
            "slope_change": self.slope_change,
            "slope_before": self.slope_before,
            "effect_at_end": self.effect_at_end,
        }

    def to_dict(self) -> dict[str, Any]:
        """Return the four estimates with p, and how they were made."""
        return {
            "position": self.position,
            "periods": len(self.values),
            "lags": self.lags,
            **{
                name: {**estimate.to_dict(), "p": json_number(self.p[name])}
                for name, estimate in self._named().items()
            },
            "warnings": [notice.to_dict() for notice in self.warnings],
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per period: value, fit, and the old trend carried on."""
        return pd.DataFrame(
            {"value": self.values, "fitted": self.fitted, "expected": self.expected}
        )

    def chart(self) -> Any:
        """Draw the values, the two fitted lines and the old trend carried on.

        Returns
        -------
        altair.Chart
        """
        return interruption_chart(self.to_pandas(), self.position)

    def __str__(self) -> str:
        """Write the four estimates."""
        rows = [
            [
                name.replace("_", " "),
                *(f"{x:.3g}" for x in (e.value, e.lower, e.upper, self.p[name])),
            ]
            for name, e in self._named().items()
        ]
        table = text_table(["", "value", "lower", "upper", "p"], rows)
        notices = notice_lines(self.warnings)
        return "\n".join([table, *notices])


def interrupted_series(
    values: Sequence[float] | npt.ArrayLike,
    *,
    position: int,
    weights: npt.ArrayLike | None = None,
    lags: int | None = None,
    unit: str = "points",
    level: float = 0.95,
) -> InterruptedSeries:
    """Estimate what changed in a series at an intervention.

    Parameters
    ----------
    values
        One number per period, in order, no gaps (``monitor(...).series.value``).
    position
        Periods before the intervention.
    weights
        Precision of each period, such as its n; equal by default.
    lags
        Lags of autocorrelation that the standard errors allow for; by default
        ``floor(4 (T / 100)^(2/9))`` (Newey and West 1994).
    unit
        Unit of the values.
    level
        Confidence level.

    Raises
    ------
    InputError
        If a side has fewer than three periods, or values or weights cannot be used.

    Notes
    -----
    Segmented regression ``y = a + b t + c after + d (t - t0) after`` (Wagner et al.
    2002; Bernal et al. 2017) with t intervals from the larger of the plain and the
    Newey-West standard error, as Angrist & Pischke (2009, 8.1) advise. It takes
    whatever happened at that moment for the intervention: a control series that was
    not treated is the better proof, see difference in differences.

    Examples
    --------
    >>> before, after = [10, 11, 10, 11, 10, 11], [16, 15, 16, 15, 16, 15]
    >>> found = interrupted_series(before + after, position=6)
    >>> found.level_change.lower > 0
    True
    """
    y, w = _checked(values, weights, position)
    time = np.arange(len(y), dtype=float)
    after = (time >= position).astype(float)
    design = np.column_stack([np.ones(len(y)), time, after, (time - position) * after])
    chosen = math.floor(4 * (len(y) / 100) ** (2 / 9)) if lags is None else lags
    # Loaded on use: it would double the time that the command line takes to start.
    models = import_module("statsmodels.regression.linear_model")
    regression = models.WLS(y, design, weights=w)
    plain, robust = (
        regression.fit(),
        regression.fit(
            cov_type="HAC", cov_kwds={"maxlags": chosen, "use_correction": True}
        ),
    )
    coefficients = np.asarray(plain.params)
    covariances = [np.asarray(fit.cov_params()) for fit in (plain, robust)]
    steps, df = len(y) - 1 - position, len(y) - design.shape[1]
    wanted = {
        "level_change": np.array([0, 0, 1.0, 0]),
        "slope_change": np.array([0, 0, 0, 1.0]),
        "slope_before": np.array([0, 1.0, 0, 0]),
        "effect_at_end": np.array([0, 0, 1.0, steps]),
    }
    found, p = {}, {}
    for name, row in wanted.items():
        value = float(row @ coefficients)
        # Newey-West alone promises too much in short series: the larger error counts.
        error = math.sqrt(max(0.0, *(float(row @ c @ row) for c in covariances)))
        found[name] = _estimate(value, error, unit, level, df)
        p[name] = (
            2 * float(scipy.stats.t.sf(abs(value) / error, df))
            if error > 0
            else math.nan
        )
    before_only = design[:, :2] @ coefficients[:2]
    return InterruptedSeries(
        **found,
        p=p,
        values=y,
        fitted=design @ coefficients,
        expected=np.where(after > 0, before_only, np.nan),
        position=position,
        lags=chosen,
        warnings=_notices(y, position),
    )


def _checked(
    values: npt.ArrayLike, weights: npt.ArrayLike | None, position: int
) -> tuple[Floats, Floats]:
    y = np.asarray(values, dtype=float).ravel()
    w = np.ones(len(y)) if weights is None else np.asarray(weights, dtype=float)
    if not np.isfinite(y).all() or len(w) != len(y) or not (w > 0).all():
        raise InputError(
            "an interrupted series needs finite values and a weight above 0 for each; "
            "leave out empty periods first"
        )
    if min(position, len(y) - position) < _LEAST_SIDE:
        raise InputError(
            f"each side of the intervention needs {_LEAST_SIDE} periods or more; "
            f"received {position} before and {len(y) - position} after"
        )
    return y, w / w.mean()


def _estimate(value: float, error: float, unit: str, level: float, df: int) -> Estimate:
    half = (
        float(scipy.stats.t.ppf((1 + level) / 2, df)) * error if error > 0 else math.nan
    )
    n = df + 4
    return Estimate(
        value,
        unit,
        error,
        value - half,
        value + half,
        level,
        n,
        float(n),
        "segmented_regression",
    )


def _notices(y: Floats, position: int) -> tuple[Notice, ...]:
    found = []
    sides = min(position, len(y) - position)
    if sides < _ENOUGH_SIDE:
        found.append(
            Notice(
                "few_periods",
                f"the shorter side has {sides} periods; below {_ENOUGH_SIDE} the slope "
                "is little more than a guess",
            )
        )
    if np.ptp(y) == 0:
        found.append(Notice("no_variance", "the series is constant: nothing changed"))
    found.append(
        Notice(
            "cause",
            "whatever else happened at that moment is part of this change; compare "
            "with a series that was not treated before calling it an effect",
        )
    )
    return tuple(found)
