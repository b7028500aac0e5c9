"""A series judged by every chart: what the front doors of monitoring share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from cxstats.errors import InputError
from cxstats.estimates import Floats, Notice
from cxstats.segmentation import MOST_BINS
from cxstats.trends.baselines import choose_baseline
from cxstats.trends.breaks import ChangePoints, change_points
from cxstats.trends.calendar import CYCLES
from cxstats.trends.detection import FACTORS, TimeToDetect, time_to_detect
from cxstats.trends.growth import Growth, value_growth
from cxstats.trends.limits import ControlLimits, Spread, control_limits
from cxstats.trends.notices import STRONG_SEASON, series_notices
from cxstats.trends.paths import follow
from cxstats.trends.result import Monitoring
from cxstats.trends.robust import dispersion_of, robust_z
from cxstats.trends.run_lengths import CHARTS, ChartDesign, run_length
from cxstats.trends.seasonality import SeasonalTrend, seasonal_trend
from cxstats.trends.series import Series
from cxstats.trends.signals import find_signals

__all__ = ["Plan", "Subject", "judge"]

_SEASONS = 3
"""Seen less often, a season cannot be told from what happened once."""


@dataclass(frozen=True)
class Subject:
    """What a series measures.

    Parameters
    ----------
    metric, unit, factor
        Name, unit, and what coded values are multiplied by to be in it.
    ends
        Smallest and largest coded value.
    within
        Whether the variance is that within periods.
    drop
        The drop whose detection is told, in the unit.
    """

    metric: str
    unit: str
    factor: float
    ends: tuple[float, float]
    within: bool
    drop: float


@dataclass(frozen=True)
class Plan:
    """How a series is judged; ``drop`` None takes the usual one of the unit."""

    period: str
    baseline: tuple[Any, Any] | None
    leave_out: tuple[Any, ...]
    spread: Spread
    design: ChartDesign
    level: float
    drop: float | None = None
    season: str = "auto"

    def __post_init__(self) -> None:
        """Refuse what is not known of the season."""
        if self.season not in {"auto", "keep", "remove"}:
            raise InputError(
                f"season must be auto, keep or remove; received {self.season!r}"
            )


def judge(
    series: Series,
    subject: Subject,
    plan: Plan,
    excluded: Mapping[str, int],
    notices: Iterable[Notice],
) -> Monitoring:
    """Put limits, paths, changes, season, growth and detectability to a series."""
    season = _season(series)
    removed = _removed(season, plan.season)
    level = series.value - removed
    changes = _changes(series, level, plan.level)
    chosen = choose_baseline(series, changes, plan.baseline, plan.leave_out)
    limits = control_limits(
        series.n_effective,
        series.value / subject.factor,
        series.square,
        ends=subject.ends,
        baseline=chosen.periods,
        width=plan.design.width,
        spread=plan.spread,
        within=subject.within,
        season=removed / subject.factor,
    )
    paths = follow(limits.z, plan.design)
    robust = robust_z(level)
    told = series_notices(series, limits, season, chosen)
    return Monitoring(
        metric=subject.metric,
        unit=subject.unit,
        factor=subject.factor,
        level=plan.level,
        series=series,
        baseline=chosen.periods,
        limits=limits,
        paths=paths,
        robust=robust,
        signals=find_signals(
            series.periods, series.value, limits, paths, robust, plan.design
        ),
        changes=changes,
        season=season,
        growth=_growth(series, subject, 1, plan.level),
        year_over_year=_year_over_year(series, subject, plan.level),
        dispersion=dispersion_of(series.value),
        run_lengths=tuple(run_length(chart, design=plan.design) for chart in CHARTS),
        detectability=_detectability(series, subject, limits, plan.design),
        excluded=excluded,
        warnings=(*notices, *told),
    )


def _removed(season: SeasonalTrend | None, wanted: str) -> Floats | float:
    """Return the season that limits follow: a strong one, seen three times."""
    if season is None or wanted == "keep":
        return 0.0
    seen = len(season.values) / season.period
    is_sure = season.strength >= STRONG_SEASON and seen >= _SEASONS
    return season.season if is_sure or wanted == "remove" else 0.0


def _changes(series: Series, values: Floats, level: float) -> ChangePoints:
    used = series.used
    if used.sum() > MOST_BINS:
        return ChangePoints((), float("nan"), None, level)
    return change_points(values[used], weights=series.n_effective[used], level=level)


def _season(series: Series) -> SeasonalTrend | None:
    cycle = CYCLES.get(series.length)
    complete = bool(np.isfinite(series.value).all())
    if cycle is None or not complete or len(series.value) < 2 * cycle:
        return None
    return seasonal_trend(series.value, period=cycle)


def _growth(
    series: Series, subject: Subject, lag: int, level: float
) -> tuple[Growth, ...]:
    relative = subject.unit != "points"
    return value_growth(
        series.value, series.std_error, lag=lag, level=level, relative=relative
    )


def _year_over_year(
    series: Series, subject: Subject, level: float
) -> tuple[Growth, ...]:
    """Compare with the same period a year before; weeks with the one 52 before."""
    lag = {"week": 52, "month": 12, "quarter": 4, "year": 1}.get(series.length)
    if lag is None or not isinstance(series.periods[0], date):
        return ()
    return _growth(series, subject, lag, level)


def _detectability(
    series: Series, subject: Subject, limits: ControlLimits, design: ChartDesign
) -> TimeToDetect | None:
    """Tell how soon a drop would be seen at the usual n of a period."""
    variance = limits.variance * (limits.spread**2 if limits.method == "laney" else 1)
    if not variance > 0 or not subject.drop > 0:
        return None
    usual = float(np.median(series.n_effective[series.used]))
    return time_to_detect(
        subject.drop,
        n=usual,
        variance=variance * (subject.factor / FACTORS[subject.unit]) ** 2,
        unit=subject.unit,
        design=design,
    )
