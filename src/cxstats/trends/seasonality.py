"""Season, trend and remainder of a series by loess (STL)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxstats.charts.trends import season_chart
from cxstats.display import text_table
from cxstats.errors import InputError
from cxstats.estimates import Floats
from cxstats.results import Result

__all__ = ["SeasonalTrend", "seasonal_trend"]


@dataclass(frozen=True, eq=False, repr=False)
class SeasonalTrend(Result):
    """A series taken apart; the three parts add up to the values.

    Parameters
    ----------
    values, trend, season, remainder
        One number per period, in the unit of the values.
    period
        Periods in one season.
    strength
        Share of the variance around the trend that the season accounts for, 0 to 1.
    trend_strength
        Share of the variance beside the season that the trend accounts for, 0 to 1.
    """

    values: Floats
    trend: Floats
    season: Floats
    remainder: Floats
    period: int
    strength: float
    trend_strength: float

    @property
    def adjusted(self) -> Floats:
        """The values without their season."""
        return self.values - self.season

    def to_dict(self) -> dict[str, Any]:
        """Return the parts, the strengths and one season."""
        return {
            "period": self.period,
            "strength": self.strength,
            "trend_strength": self.trend_strength,
            "trend": self.trend.tolist(),
            "season": self.season.tolist(),
            "remainder": self.remainder.tolist(),
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per period."""
        return pd.DataFrame(
            {
                "value": self.values,
                "trend": self.trend,
                "season": self.season,
                "remainder": self.remainder,
            }
        )

    def chart(self) -> Any:
        """Draw value, trend, season and remainder under one another.

        Returns
        -------
        altair.Chart
        """
        return season_chart(self.to_pandas())

    def __str__(self) -> str:
        """Write the strengths and the season's ups and downs."""
        head = (
            f"season of {self.period} periods, strength {self.strength:.2f}; "
            f"trend strength {self.trend_strength:.2f}"
        )
        one = self.season[: self.period]
        rows = [[str(place + 1), f"{value:+.3g}"] for place, value in enumerate(one)]
        return "\n".join([head, text_table(["place", "season"], rows)])


def seasonal_trend(
    values: npt.ArrayLike, *, period: int, robust: bool = False
) -> SeasonalTrend:
    """Split a series into trend, a repeating season and the rest.

    Parameters
    ----------
    values
        One number per period, no gaps; two full seasons or more.
    period
        Periods in one season: 12 for months of a year, 7 for days of a week.
    robust
        Give outlying periods less weight (15 outer rounds).

    Raises
    ------
    InputError
        If the period is below 2, a value is not finite, or there are fewer than two
        seasons.

    Notes
    -----
    STL of Cleveland, Cleveland, McRae & Terpenning (1990), Journal of Official
    Statistics 6(1), with a season that is the same every year: each place of the
    season is smoothed by a constant over the whole series and then averaged, as R's
    ``stl(x, s.window = "periodic")`` does (for an odd period the low-pass window
    is two wider than R's). Strengths follow Wang, Smith & Hyndman
    (2006). Not for a season that changes its shape over the years.

    Examples
    --------
    >>> parts = seasonal_trend([1, 5, 2, 6, 3, 7, 4, 8], period=2)
    >>> parts.season[:2].round(2).tolist()
    [-1.75, 1.75]
    """
    y = np.asarray(values, dtype=float).ravel()
    if period < 2 or len(y) < 2 * period or not np.isfinite(y).all():  # noqa: PLR2004
        raise InputError(
            "a season needs a period of 2 or more and two full seasons of finite "
            f"values; received {len(y)} values for a period of {period}"
        )
    # So wide a window weighs all seasons alike: what "periodic" stands for.
    everything = 10 * len(y) + 1
    trend = _odd(1.5 * period / (1 - 1.5 / everything))
    low_pass = _odd(period + 1)
    # Loaded on use: it would double the time that the command line takes to start.
    fitted = (
        import_module("statsmodels.tsa.seasonal")
        .STL(
            y,
            period=period,
            seasonal=everything,
            trend=trend,
            low_pass=low_pass,
            seasonal_deg=0,
            trend_deg=1,
            low_pass_deg=1,
            robust=robust,
            seasonal_jump=math.ceil(everything / 10),
            trend_jump=math.ceil(trend / 10),
            low_pass_jump=math.ceil(low_pass / 10),
        )
        .fit(inner_iter=1 if robust else 2, outer_iter=15 if robust else 0)
    )
    return _parts(y, np.asarray(fitted.trend), np.asarray(fitted.seasonal), period)


def _odd(width: float) -> int:
    """Round up to an odd number that a loess window can have."""
    whole = math.ceil(width)
    return max(whole + 1 - whole % 2, 3)


def _parts(y: Floats, trend: Floats, smooth: Floats, period: int) -> SeasonalTrend:
    places = np.arange(len(y)) % period
    one = np.bincount(places, smooth) / np.bincount(places)
    season = one[places]
    rest = y - trend - season
    return SeasonalTrend(
        values=y,
        trend=trend,
        season=season,
        remainder=rest,
        period=period,
        strength=_strength(rest, season),
        trend_strength=_strength(rest, trend),
    )


def _strength(rest: Floats, part: Floats) -> float:
    whole = float(np.var(rest + part))
    return max(0.0, 1 - float(np.var(rest)) / whole) if whole > 0 else 0.0
