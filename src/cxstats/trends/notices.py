"""What the reader of a monitored series must know."""

from __future__ import annotations

from collections.abc import Iterator

from cxstats.estimates import Estimates, Notice
from cxstats.metrics.measures import Measure, NetScore
from cxstats.metrics.notices import common_notices, scale_notices
from cxstats.segmentation import MOST_BINS
from cxstats.trends.baselines import Baseline
from cxstats.trends.collecting import PeriodCells
from cxstats.trends.limits import ControlLimits
from cxstats.trends.seasonality import SeasonalTrend
from cxstats.trends.series import Series

__all__ = ["STRONG_SEASON", "collection_notices", "series_notices", "without_time"]

_FEW_PERIODS = 20
STRONG_SEASON = 0.64
"""Strength from which a season counts as strong (Wang, Smith and Hyndman)."""


def collection_notices(
    found: PeriodCells, measure: Measure, estimates: Estimates
) -> list[Notice]:
    """Say what weakens the scores themselves."""
    notices = common_notices(found.cells, estimates)
    if isinstance(measure, NetScore):
        notices = [*scale_notices(found.cells, measure.scale), *notices]
    return [*notices, *without_time(found.without_time)]


def without_time(rows: int) -> list[Notice]:
    """Say how many rows have no time."""
    if not rows:
        return []
    return [Notice("no_time", f"{rows:,} rows have no time and are in no period")]


def series_notices(
    series: Series,
    limits: ControlLimits,
    season: SeasonalTrend | None,
    baseline: Baseline,
) -> Iterator[Notice]:
    """Say what weakens the charts."""
    used = int(series.used.sum())
    if used > MOST_BINS:
        yield Notice(
            "no_changes",
            f"{used:,} periods are too many to look for changes of level; take longer "
            "periods",
        )
    gaps = len(series.n) - used
    if gaps:
        yield Notice(
            "gaps",
            f"{gaps} of {len(series.n)} periods have no valid answer; the charts pass "
            "over them and no season is taken out",
        )
    if baseline.is_cut:
        yield Notice(
            "baseline",
            "the level changed, so limits come from the periods before the first "
            "change; choose a baseline to judge by another level",
        )
    yield from _of_limits(limits, int((baseline.periods & series.used).sum()))
    if season is not None and season.strength >= STRONG_SEASON:
        told = (
            "limits and changes of level follow it"
            if limits.is_seasonal
            else "it is not taken out, so compare with the same period a year before"
        )
        yield Notice(
            "season",
            f"the season accounts for {season.strength:.0%} of the movement around the "
            f"trend; {told}",
        )


def _of_limits(limits: ControlLimits, periods: int) -> Iterator[Notice]:
    if periods < _FEW_PERIODS:
        yield Notice(
            "short_baseline",
            f"limits come from {periods} periods; below {_FEW_PERIODS} they are "
            "uncertain, and charts alarm more or less often than their run lengths say",
        )
    if not limits.variance > 0:
        yield Notice(
            "no_variance",
            "all answers of the baseline are alike, so there are no limits and no "
            "signals; choose a baseline in which answers differ",
        )
    if limits.method == "laney":
        yield Notice(
            "overdispersion",
            f"neighbouring periods differ {limits.spread:.1f} times as much as "
            "sampling explains (changing mix, clusters or weights may be why); limits "
            "were widened accordingly (Laney)",
        )
