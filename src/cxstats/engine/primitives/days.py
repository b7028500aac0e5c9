"""Daily series: local days from UTC times by plain arithmetic."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from cxstats.engine.answers import SUM, Output, Statement
from cxstats.engine.dialect import Dialect
from cxstats.engine.keys import as_keys, naive_utc
from cxstats.engine.primitives.histograms import counted
from cxstats.engine.primitives.rows import Grouping, key_sql, stored
from cxstats.engine.queries import DailyQuery
from cxstats.engine.relation import ColumnRef, Kind, Relation
from cxstats.errors import InputError

__all__ = ["daily_series"]

_DAY_SECONDS = 86_400


def daily_series(query: DailyQuery, relation: Relation, dialect: Dialect) -> Statement:
    """Write the score histogram by local day; the day counts from 1970-01-01.

    A zone's offsets within the days asked for are literals, so that no engine's
    own calendar, interval arithmetic or session zone takes part.
    """
    time = relation.column(query.time)
    if not time.kind.is_time:
        raise InputError(
            f"a daily series needs a date or timestamp; {time.name!r} holds {time.kind}"
        )
    zone = ZoneInfo("UTC" if time.kind is Kind.DATE else query.time_zone)
    grouping = Grouping()
    grouping.add(Output("day", SUM), _local_day(query, time, zone, dialect))
    for key in as_keys(query.by):
        grouping.add(Output(key.name), key_sql(key, relation, dialect))
    grouping.add(Output("score"), stored(relation.column(query.score), dialect))
    start = dialect.moment(_midnight(query.first, zone), time.kind)
    end = dialect.moment(_midnight(query.last + timedelta(days=1), zone), time.kind)
    return counted(
        grouping,
        relation,
        dialect,
        weight=query.weight,
        kept=query.where,
        conditions=(f"{time.sql} >= {start}", f"{time.sql} < {end}"),
    )


def _local_day(
    query: DailyQuery, time: ColumnRef, zone: ZoneInfo, dialect: Dialect
) -> str:
    first, *changes = _offsets(query.first, query.last, zone)
    offset = str(first[1])
    for moment, seconds in changes:
        bound = dialect.moment(moment, time.kind)
        offset = f"CASE WHEN {time.sql} < {bound} THEN {offset} ELSE {seconds} END"
    return f"floor(({dialect.epoch_seconds(time.sql)} + {offset}) / {_DAY_SECONDS}.0)"


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return naive_utc(datetime(day.year, day.month, day.day, tzinfo=zone))


def _offsets(first: date, last: date, zone: ZoneInfo) -> list[tuple[datetime, int]]:
    """Offsets of a zone with the UTC moment from which each holds."""
    moment = _midnight(first, zone)
    end = _midnight(last + timedelta(days=1), zone)
    found = [(moment, _offset(moment, zone))]
    while moment < end:
        later = moment + timedelta(days=1)
        if _offset(later, zone) != found[-1][1]:
            change = _change(moment, later, zone)
            found.append((change, _offset(change, zone)))
        moment = later
    return found


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Find the second at which the offset changes, by halving."""
    old = _offset(before, zone)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=int((after - before).total_seconds()) // 2)
        if _offset(middle, zone) == old:
            before = middle
        else:
            after = middle
    return after


def _offset(moment: datetime, zone: ZoneInfo) -> int:
    offset = moment.replace(tzinfo=UTC).astimezone(zone).utcoffset()
    return int((offset or timedelta()).total_seconds())
