"""Answers per period of the calendar, as score cells, from any engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pyarrow as pa
import pyarrow.compute as pc

from cxstats.aggregates import ScoreCells
from cxstats.aggregates.codings import Coding
from cxstats.engine import (
    Column,
    DailyQuery,
    Engine,
    HistogramQuery,
    Kind,
    OrderBy,
    Source,
    TopQuery,
    resolve_column,
)
from cxstats.errors import InputError
from cxstats.files import DateForm, parse_dates
from cxstats.filters import Filter, IsNull
from cxstats.inputs import engine_for, filter_of, source_of
from cxstats.trends.calendar import check_period, every_period, period_start

__all__ = ["PeriodCells", "SeriesQuestion", "collect", "read_dates", "time_ends"]

_MOST_PERIODS = 20_000


@dataclass(frozen=True)
class SeriesQuestion:
    """What a series reads.

    Parameters
    ----------
    score, time
        Columns of answers and of their time.
    period
        Length of a period.
    weight
        Column of weights.
    where
        Rows to keep.
    time_zone
        Zone whose days are meant, for times stored in UTC or written with a zone.
    """

    score: str
    time: str
    period: str = "month"
    weight: str | None = None
    where: str | Filter | None = None
    time_zone: str = "UTC"

    def __post_init__(self) -> None:
        """Refuse a zone that does not exist."""
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise InputError(
                f"no time zone is named {self.time_zone!r}; write for example "
                "'Asia/Shanghai'"
            ) from error

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns read."""
        kept = filter_of(self.where)
        names = [self.score, self.time, *([self.weight] if self.weight else [])]
        return tuple(dict.fromkeys([*names, *(kept.columns() if kept else ())]))


@dataclass(frozen=True, eq=False)
class PeriodCells:
    """Cells by period, every period of the span, and rows without a time.

    ``periods`` are first days, or values of the column with ``period="value"``;
    among them are periods without any row.
    """

    cells: ScoreCells
    periods: tuple[Any, ...]
    without_time: int


def collect(
    data: Any, question: SeriesQuestion, coding: Coding, engine: Engine | str | None
) -> PeriodCells:
    """Count the answers of every period.

    Raises
    ------
    InputError
        If a column is missing, the time cannot be read, or no row has a time.
    """
    check_period(question.period)
    with engine_for(engine) as opened:
        source = source_of(data, question.columns)
        kinds = opened.kinds(source)
        kind = kinds[resolve_column(question.time, kinds)]
        if question.period != "value" and kind.is_time:
            table, missing = _by_stored_time(opened, source, question, kind)
        else:
            table, missing = _by_written_time(opened, source, question, kind)
    if not table.num_rows:
        raise InputError(
            f"no row has a time in {question.time!r}; look at the column and the filter"
        )
    cells = ScoreCells.from_histogram(table, by=("period",), coding=coding)
    found = [key[0] for key in cells.groups]
    if question.period == "value":
        return PeriodCells(cells, tuple(found), missing)
    every = every_period(found[0], found[-1], question.period)
    if len(every) > _MOST_PERIODS:
        raise InputError(
            f"{found[0]} to {found[-1]} makes {len(every):,} periods; take longer "
            "periods or filter out wrong dates"
        )
    return PeriodCells(cells, every, missing)


def _by_stored_time(
    engine: Engine, source: Source, question: SeriesQuestion, kind: Kind
) -> tuple[pa.Table, int]:
    zone = "UTC" if kind is Kind.DATE else question.time_zone
    kept = filter_of(question.where)
    first, last = time_ends(engine, source, question, zone)
    if first is None or last is None:
        return pa.table({}), 0
    query = DailyQuery(
        time=question.time,
        score=question.score,
        first=first,
        last=last,
        time_zone=zone,
        weight=question.weight,
        where=kept,
    )
    table = engine.daily_series(source, query)
    starts = _by_value(table.column(0), lambda day: period_start(day, question.period))
    unknown = IsNull(question.time) if kept is None else IsNull(question.time) & kept
    missing = engine.score_histogram(
        source, HistogramQuery(question.score, where=unknown)
    )
    return table.set_column(0, "period", starts), _count(missing)


def time_ends(
    engine: Engine, source: Source, question: SeriesQuestion, zone: str
) -> tuple[date | None, date | None]:
    """Return the first and the last local day of a stored time."""
    ends: list[date | None] = []
    for last in (False, True):
        order = (OrderBy(question.time, descending=last),)
        query = TopQuery((question.time,), order, 1, where=filter_of(question.where))
        found = engine.top_rows(source, query)
        moment = found.column(0)[0].as_py() if found.num_rows else None
        ends.append(None if moment is None else _local_day(moment, zone))
    return ends[0], ends[1]


def _local_day(moment: date, zone: str) -> date:
    """Return the day in a zone; times without a zone are UTC."""
    if not isinstance(moment, datetime):
        return moment
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(ZoneInfo(zone)).date()


def _by_written_time(
    engine: Engine, source: Source, question: SeriesQuestion, kind: Kind
) -> tuple[pa.Table, int]:
    """Read dates written as text, or each value as one period."""
    if question.period != "value" and kind is not Kind.TEXT:
        raise InputError(
            f"{question.time!r} holds {kind}, not a date; give a date column, or "
            "period='value' to take each value as one period"
        )
    query = HistogramQuery(
        score=question.score,
        by=(Column(question.time, name="period0"),),
        weight=question.weight,
        where=filter_of(question.where),
    )
    table = engine.score_histogram(source, query)
    column = table.column(0)
    if question.period != "value":
        read = read_dates(column.unique().to_pylist(), question)
        column = _by_value(column, read.get)
    known = pc.is_valid(column)
    table = table.set_column(0, "period", column)
    missing = _count(table.filter(pc.invert(known)))
    return table.filter(known), missing


def read_dates(texts: Sequence[Any], question: SeriesQuestion) -> dict[Any, date]:
    """Read written dates by the one form that reads them all."""
    written = [text for text in texts if text is not None and text.strip()]
    fits = []
    for form in (DateForm.YMD, DateForm.COMPACT, DateForm.MONTH_NAME, DateForm.DMY,
                 DateForm.MDY):  # fmt: skip
        parsed = parse_dates(written, form)
        if not parsed.errors:
            fits.append(parsed.values)
    if not written:
        return {}
    if len(fits) != 1:
        problem = "may be day/month or month/day" if fits else "are not all dates"
        raise InputError(
            f"the texts in {question.time!r}, such as {written[0]!r}, {problem}; write "
            "them as year-month-day"
        )
    return {
        text: period_start(_written_day(moment, question.time_zone), question.period)
        for text, moment in zip(written, fits[0], strict=True)
        if moment is not None
    }


def _written_day(moment: datetime, zone: str) -> date:
    """Return the day as written; a time with a zone is moved to the zone asked for."""
    return _local_day(moment, zone) if moment.tzinfo else moment.date()


def _by_value(column: pa.ChunkedArray, change: Callable[[Any], Any]) -> pa.ChunkedArray:
    """Change each distinct value of a column once."""
    coded = column.combine_chunks().dictionary_encode()
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.combine_chunks()
    changed = pa.array(
        [change(value) for value in coded.dictionary.to_pylist()], pa.date32()
    )
    return pa.chunked_array([changed.take(coded.indices)])


def _count(table: pa.Table) -> int:
    return int(pc.sum(table.column("n")).as_py() or 0)
