"""The front door of monitoring: a score over time, judged by several charts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cxstats.aggregates import ChoiceCoding, ScaleCoding, ScoreCells
from cxstats.aggregates.codings import Coding
from cxstats.engine import Engine
from cxstats.errors import InputError
from cxstats.estimates import Estimates, Floats
from cxstats.filters import Filter
from cxstats.metrics.estimators import Precision, estimate_measure
from cxstats.metrics.measures import MeanScore, Measure, NetScore, ShareBetween
from cxstats.scales import NPS_0_10, Scale, parse_scale
from cxstats.trends.collecting import PeriodCells, SeriesQuestion, collect
from cxstats.trends.judging import Plan, Subject, judge
from cxstats.trends.limits import Spread
from cxstats.trends.notices import collection_notices
from cxstats.trends.result import Monitoring
from cxstats.trends.run_lengths import ChartDesign
from cxstats.trends.series import Series

__all__ = ["Target", "monitor", "monitor_cells"]

_DROPS = {"points": 5.0, "share": 0.05}
"""Drops whose detection is told by default; of a mean 5 % of its scale."""


@dataclass(frozen=True)
class Target:
    """What is charted: a metric, and how raw answers become its values."""

    metric: str
    measure: Measure
    coding: Coding


def monitor(  # noqa: PLR0913 - a notebook names what it means, all but three optional
    data: Any,
    *,
    score: str,
    time: str,
    period: str = "month",
    metric: str = "nps",
    values: Sequence[Any] = (),
    scale: str | Scale = NPS_0_10,
    missing: Sequence[Any] = (),
    baseline: tuple[Any, Any] | None = None,
    leave_out: Sequence[Any] = (),
    spread: Spread = "auto",
    design: ChartDesign | None = None,
    drop: float | None = None,
    season: str = "auto",
    weight: str | None = None,
    where: str | Filter | None = None,
    time_zone: str = "UTC",
    level: float = 0.95,
    engine: Engine | str | None = None,
) -> Monitoring:
    """Watch a score over time: limits, signals, changes, season and growth.

    Parameters
    ----------
    data
        A frame, an Arrow table, a path or an engine source. One row per answer.
    score, time
        Columns of answers and of their date or time. A time without an answer's
        zone is UTC when stored as a timestamp and local when written as text; rows
        without a time are left out and counted.
    period
        ``day``, ``week`` (from Monday), ``month``, ``quarter``, ``year``, or
        ``value``: each value of the column, such as a wave, is one period.
    metric
        ``nps``, ``share`` (of the answers in ``values``: a p chart) or ``mean``.
    values
        The answers that count, for a share: ``values=["complaint"]``.
    scale, missing
        The scale that was shown, for NPS and means, and codes of "no answer".
    baseline
        First and last period (any day in them) that limits are made from. By
        default all periods, or those before the first change of level.
    leave_out
        Days of periods with a known cause, kept out of the baseline.
    spread
        ``auto``, ``sampling`` or ``laney``, see `control_limits`.
    design
        Parameters of the charts.
    drop
        Size of a drop, in the unit, whose detection is told: by default 5 points, a
        share of 0.05, or 5 % of the scale of a mean.
    season
        ``auto``: where a season is strong (0.64) and was seen three times, limits and
        changes of level follow it. ``keep``: never. ``remove``: always, where there
        are two full seasons.
    weight, where, time_zone, level, engine
        As in `nps`; the zone is that of the days meant.

    Returns
    -------
    Monitoring
        Every period with its interval and limits, the signals, changes of level,
        season, growth, dispersion, and how soon a drop would be seen.

    Raises
    ------
    InputError
        If a column, date, scale or baseline cannot be used.

    Notes
    -----
    Limits follow the n of each period. Signals are alarms, not causes: each chart
    states how often it alarms without any change, and several charts together alarm
    more often. Not for periods with a handful of answers, nor for series in which
    the questionnaire, channel or scale changed.

    Examples
    --------
    >>> import pyarrow as pa
    >>> month = [f"2026-{m:02d}-15" for m in range(1, 9) for _ in range(100)]
    >>> answers = [10 if i % 100 < (55 if i < 600 else 25) else 7 for i in range(800)]
    >>> found = monitor(pa.table({"q": answers, "day": month}), score="q", time="day",
    ...                 baseline=("2026-01-01", "2026-06-30"))
    >>> [(s.kind, str(s.period), s.direction) for s in found.signals][:1]
    [('limits', '2026-07-01', 'down')]
    """
    target = _target(metric, values, scale, tuple(missing))
    question = SeriesQuestion(score, time, period, weight, where, time_zone)
    found = collect(data, question, target.coding, engine)
    plan = Plan(
        period=period,
        baseline=baseline,
        leave_out=tuple(leave_out),
        spread=spread,
        design=design or ChartDesign(),
        level=level,
        drop=drop,
        season=season,
    )
    return monitor_cells(found, target, plan)


def _target(
    metric: str, values: Sequence[Any], scale: str | Scale, missing: tuple[Any, ...]
) -> Target:
    read = parse_scale(scale)
    if metric == "share":
        if not values:
            raise InputError(
                "a share needs the answers that count; give them as values=[...]"
            )
        return Target(metric, ShareBetween(1, 1), ChoiceCoding(tuple(values), missing))
    if metric == "mean":
        return Target(metric, MeanScore(read), ScaleCoding(read, missing))
    if metric != "nps":
        raise InputError(f"metric must be nps, share or mean; received {metric!r}")
    read.cuts()
    name = "nps" if read.is_nps else "nps_like"
    return Target(name, NetScore(read), ScaleCoding(read, missing, whole=True))


def monitor_cells(found: PeriodCells, target: Target, plan: Plan) -> Monitoring:
    """Judge cells by period that were collected before."""
    measure = target.measure
    estimates = estimate_measure(found.cells, measure, Precision(plan.level))
    low, high = measure.ends
    subject = Subject(
        metric=target.metric,
        unit=measure.unit,
        factor=measure.factor,
        ends=measure.ends,
        within=measure.unit == "score",
        drop=plan.drop or _DROPS.get(measure.unit, 0.05 * (high - low)),
    )
    series = _series(found, measure, estimates, plan.period)
    notices = collection_notices(found, measure, estimates)
    return judge(series, subject, plan, found.cells.excluded, notices)


def _series(
    found: PeriodCells, measure: Measure, estimates: Estimates, length: str
) -> Series:
    """Lay the estimates out on every period; gaps are NaN with n 0."""
    cells = found.cells
    place = {key[0]: at for at, key in enumerate(cells.groups)}
    at = np.array([place.get(period, -1) for period in found.periods])

    def laid(column: Floats, gap: float) -> Floats:
        return np.where(at >= 0, column[at], gap)

    return Series(
        length=length,
        periods=found.periods,
        n=laid(estimates.n.astype(float), 0.0).astype(np.int64),
        n_effective=np.nan_to_num(laid(estimates.n_effective, 0.0)),
        value=laid(estimates.value, math.nan),
        square=laid(_squares(cells, measure), math.nan),
        std_error=laid(estimates.std_error, math.nan),
        lower=laid(estimates.lower, math.nan),
        upper=laid(estimates.upper, math.nan),
    )


def _squares(cells: ScoreCells, measure: Measure) -> Floats:
    """Mean square of the coded values per group."""
    keep, size = cells.is_valid, len(cells.groups)
    group, w = cells.group_index[keep], cells.numbers("w")[keep]
    v = measure.values(cells.numbers("score"))[keep]
    with np.errstate(invalid="ignore", divide="ignore"):
        total = np.bincount(group, w, size)
        return np.asarray(np.bincount(group, w * v**2, size) / total)
