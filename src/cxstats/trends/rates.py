"""Rates of events, such as complaints per 10,000 customers, watched over time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import scipy

from cxstats.engine import (
    DistinctQuery,
    Engine,
    HistogramQuery,
    Kind,
    PeriodBucket,
    Source,
    resolve_column,
)
from cxstats.errors import InputError
from cxstats.estimates import Floats
from cxstats.filters import Filter
from cxstats.inputs import engine_for, filter_of, source_of
from cxstats.trends.calendar import check_period, every_period, period_start
from cxstats.trends.collecting import SeriesQuestion, read_dates, time_ends
from cxstats.trends.judging import Plan, Subject, judge
from cxstats.trends.limits import Spread
from cxstats.trends.notices import without_time
from cxstats.trends.result import Monitoring
from cxstats.trends.run_lengths import ChartDesign
from cxstats.trends.series import Series, as_date

__all__ = ["monitor_rate"]

_NOTABLE_SHIFT = 0.25
"""Share of the rate whose change's detection is told by default."""


def monitor_rate(  # noqa: PLR0913 - a notebook names what it means
    data: Any,
    *,
    time: str,
    exposure: float | Mapping[Any, float],
    per: float = 10_000.0,
    period: str = "month",
    baseline: tuple[Any, Any] | None = None,
    leave_out: Sequence[Any] = (),
    spread: Spread = "auto",
    design: ChartDesign | None = None,
    drop: float | None = None,
    season: str = "auto",
    where: str | Filter | None = None,
    time_zone: str = "UTC",
    level: float = 0.95,
    engine: Engine | str | None = None,
) -> Monitoring:
    """Watch a rate of events over time: complaints per 10,000 customers.

    Parameters
    ----------
    data
        One row per event (a complaint, a fault, a cancellation).
    time
        Column of the event's date or time.
    exposure
        Customers (or calls, orders) in a period: one number, or a mapping of any day
        of each period to its number.
    per
        Unit of the rate: 10,000 customers, 1,000,000 users.
    period
        ``day``, ``week``, ``month``, ``quarter`` or ``year``.
    baseline, leave_out, spread, design, season, where, time_zone, level, engine
        As in `monitor`.
    drop
        Change of the rate whose detection is told; a quarter of it by default.

    Returns
    -------
    Monitoring
        A u chart with everything that `monitor` gives; ``n`` is the exposure.

    Raises
    ------
    InputError
        If a column or date cannot be used, or a period has no exposure above 0.

    Notes
    -----
    Events are taken as Poisson: the variance of a rate is the rate divided by the
    exposure, and each period has Garwood's exact interval. A period without events
    between the first and the last counts as a rate of 0. Where one trouble brings
    many complaints, `spread` widens the limits (Laney).

    Examples
    --------
    >>> import pyarrow as pa
    >>> days = [f"2026-{m:02d}-10" for m in (1, 2, 3) for _ in range(20 * m)]
    >>> found = monitor_rate(pa.table({"day": days}), time="day", exposure=40_000)
    >>> found.series.value.tolist()
    [5.0, 10.0, 15.0]
    """
    if not per > 0 or check_period(period) == "value":
        raise InputError("a rate needs a unit above 0 and periods of the calendar")
    question = SeriesQuestion(time, time, period, None, where, time_zone)
    with engine_for(engine) as opened:
        source = source_of(data, question.columns)
        periods, counts, missing = _events(opened, source, question)
    base = _exposures(exposure, periods, period)
    series = _series(periods, counts, base, _Unit(period, per, level))
    plan = Plan(
        period=period,
        baseline=baseline,
        leave_out=tuple(leave_out),
        spread=spread,
        design=design or ChartDesign(),
        level=level,
        season=season,
    )
    mean = per * float(counts.sum() / base.sum())
    subject = Subject(
        metric="rate",
        unit="rate",
        factor=per,
        ends=(0.0, math.inf),
        within=True,
        drop=drop or _NOTABLE_SHIFT * mean,
    )
    return judge(series, subject, plan, {}, without_time(missing))


@dataclass(frozen=True)
class _Unit:
    """How rates are told."""

    period: str
    per: float
    level: float


def _events(
    engine: Engine, source: Source, question: SeriesQuestion
) -> tuple[tuple[date, ...], Floats, int]:
    """Count the events of every period, and those without a time."""
    kinds = engine.kinds(source)
    kind = kinds[resolve_column(question.time, kinds)]
    if kind.is_time:
        return _stored_events(engine, source, question, kind)
    if kind is not Kind.TEXT:
        raise InputError(f"{question.time!r} holds {kind}, not a date")
    query = HistogramQuery(question.time, where=filter_of(question.where))
    table = engine.score_histogram(source, query)
    texts = table.column("score").to_pylist()
    n = table.column("n").to_pylist()
    starts = read_dates(texts, question)
    if not starts:
        raise InputError(f"no row has a time in {question.time!r}")
    periods = every_period(min(starts.values()), max(starts.values()), question.period)
    counts, missing = np.zeros(len(periods)), 0
    place = {start: at for at, start in enumerate(periods)}
    for text, count in zip(texts, n, strict=True):
        if text in starts:
            counts[place[starts[text]]] += count
        else:
            missing += int(count)
    return periods, counts, missing


def _stored_events(
    engine: Engine, source: Source, question: SeriesQuestion, kind: Kind
) -> tuple[tuple[date, ...], Floats, int]:
    zone = "UTC" if kind is Kind.DATE else question.time_zone
    first, last = time_ends(engine, source, question, zone)
    if first is None or last is None:
        raise InputError(f"no row has a time in {question.time!r}")
    periods = every_period(first, last, question.period)
    starts = tuple(_midnight(start, zone) for start in periods)
    kept = filter_of(question.where)
    key = PeriodBucket(question.time, starts, name="bucket")
    table = engine.distinct_count(
        source, DistinctQuery(question.time, by=(key,), where=kept)
    )
    counts, missing = np.zeros(len(periods)), 0
    for bucket, n in zip(
        table.column("bucket").to_pylist(), table.column("n").to_pylist(), strict=True
    ):
        if bucket is None:
            missing += int(n)
        else:
            counts[int(bucket) - 1] += n
    return periods, counts, missing


def _midnight(day: date, zone: str) -> datetime:
    moment = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    return moment.astimezone(UTC)


def _exposures(
    exposure: float | Mapping[Any, float], periods: tuple[date, ...], period: str
) -> Floats:
    if isinstance(exposure, Mapping):
        from_days = {as_date(day): float(n) for day, n in exposure.items()}
        by_start = {period_start(day, period): n for day, n in from_days.items()}
        base = np.array([by_start.get(start, math.nan) for start in periods])
    else:
        base = np.full(len(periods), float(exposure))
    lost = [str(start) for start, n in zip(periods, base, strict=True) if not n > 0]
    if lost or not np.isfinite(base).all():
        raise InputError(
            "every period needs a finite exposure above 0; it is missing for "
            f"{', '.join(lost[:5])}"
        )
    return base


def _series(
    periods: tuple[date, ...], counts: Floats, base: Floats, unit: _Unit
) -> Series:
    """Make rates with Garwood's interval."""
    tail = (1 - unit.level) / 2
    lower = np.where(
        counts > 0, scipy.stats.chi2.ppf(tail, 2 * np.maximum(counts, 1)) / 2, 0.0
    )
    upper = scipy.stats.chi2.ppf(1 - tail, 2 * (counts + 1)) / 2
    rate, scale = counts / base, unit.per / base
    return Series(
        length=unit.period,
        periods=periods,
        n=base.round().astype(np.int64),
        n_effective=base,
        value=counts * scale,
        # Around its own rate a Poisson count varies by that rate.
        square=rate**2 + rate,
        std_error=np.sqrt(counts) * scale,
        lower=lower * scale,
        upper=upper * scale,
    )
