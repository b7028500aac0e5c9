"""Arithmetic of deadlines: pure, on one week of working hours and its special days.

Everything is counted on the line of real time. A clock that counts every hour does
not see weekends, holidays or the hour that daylight saving takes or gives; one that
counts working hours sees all of them, because its spans are hours of the wall.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
import zoneinfo
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from zhiyin.act.clocks.models import Counts

Span = tuple[int, int]
"""Minutes of the wall's day: from, until; 1440 is midnight."""

DAY_MINUTES = 1440
MONDAY, WEEKDAYS = 0, 7
# A deadline that is not found in so many days has no working days to be found in.
FARTHEST_DAYS = 3700
_TIME = re.compile(r"^([01]?\d|2[0-4]):([0-5]\d)$")


class CalendarError(ValueError):
    """A calendar cannot be worked by; the message says why and what to do."""


@dataclass(frozen=True)
class Week:
    """Working hours as spans per weekday, and the days that are otherwise."""

    zone: zoneinfo.ZoneInfo
    spans: Mapping[int, tuple[Span, ...]]
    days: Mapping[dt.date, tuple[Span, ...]] = field(default_factory=dict)

    def of(self, day: dt.date) -> tuple[Span, ...]:
        """Return the working spans of a day."""
        special = self.days.get(day)
        return self.spans.get(day.weekday(), ()) if special is None else special

    def between(
        self, start: dt.datetime, end: dt.datetime
    ) -> Iterator[tuple[dt.datetime, dt.datetime]]:
        """Yield the spans of real time that are worked between two moments."""
        day = start.astimezone(self.zone).date()
        while True:
            for first, last in self.of(day):
                begins = max(_moment(day, first, self.zone), start)
                if begins >= end:
                    return
                ends = min(_moment(day, last, self.zone), end)
                if ends > begins:
                    yield begins, ends
            day += dt.timedelta(1)
            if _moment(day, 0, self.zone) >= end:
                return


def _moment(day: dt.date, minutes: int, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    """Return the moment at which the wall shows this time of that day."""
    later, minute = divmod(minutes, DAY_MINUTES)
    time = dt.time(minute // 60, minute % 60)
    wall = dt.datetime.combine(day + dt.timedelta(later), time, tzinfo=zone)
    return wall.astimezone(dt.UTC)


def due(
    start: dt.datetime, minutes: float, counts: str, week: Week | None = None
) -> dt.datetime:
    """Return when a clock of so many minutes that begins at `start` runs out.

    Raises CalendarError where no working hours come within ten years.
    """
    start = start.astimezone(dt.UTC)
    left = dt.timedelta(minutes=minutes)
    if counts != Counts.WORKING or week is None:
        return start + left
    farthest = start + dt.timedelta(FARTHEST_DAYS)
    for begins, ends in week.between(start, farthest):
        if left <= ends - begins:
            return begins + left
        left -= ends - begins
    raise CalendarError(no_working_days())


def minutes_between(
    start: dt.datetime, end: dt.datetime, counts: str, week: Week | None = None
) -> float:
    """Return how many minutes a clock counts between two moments; back is negative."""
    if end < start:
        return -minutes_between(end, start, counts, week)
    start, end = start.astimezone(dt.UTC), end.astimezone(dt.UTC)
    if counts != Counts.WORKING or week is None:
        return (end - start).total_seconds() / 60
    worked = (ends - begins for begins, ends in week.between(start, end))
    return sum(worked, dt.timedelta()).total_seconds() / 60


def no_working_days() -> str:
    """Return what is said of a calendar in which nobody ever works."""
    return _(
        "This calendar has no working days, so no clock could ever run out. Give at "
        "least one weekday working hours.",
    )


def read_spans(data: object) -> tuple[Span, ...]:
    """Read spans of "HH:MM" pairs; raises CalendarError saying which is wrong."""
    if not isinstance(data, list | tuple):
        raise CalendarError(_("Working hours are a list; received %r.") % (data,))
    made = sorted(_span(each) for each in data)
    for before, after in itertools.pairwise(made):
        if after[0] < before[1]:
            raise CalendarError(
                _("The hours %(one)s and %(two)s overlap.")
                % {"one": spell_span(before), "two": spell_span(after)},
            )
    return tuple(made)


def _span(pair: Any) -> Span:
    try:
        first, last = (_minute(str(text)) for text in pair)
    except (TypeError, ValueError) as error:
        raise CalendarError(
            _("Hours look like 09:00-18:00; received “%s”.") % _joined(pair),
        ) from error
    if last <= first:
        raise CalendarError(
            _("Hours end after they begin; received “%s”.") % _joined(pair),
        )
    return first, last


def _joined(pair: Any) -> str:
    return "-".join(map(str, pair)) if isinstance(pair, list | tuple) else str(pair)


def _minute(text: str) -> int:
    found = _TIME.match(text.strip())
    if found is None:
        raise ValueError(text)
    minutes = int(found[1]) * 60 + int(found[2])
    if minutes > DAY_MINUTES:
        raise ValueError(text)
    return minutes


def spell_span(span: Span) -> str:
    """Return a span as people write it."""
    (a, b), (c, d) = (divmod(minute, 60) for minute in span)
    return f"{a:02}:{b:02}-{c:02}:{d:02}"


def read_week(hours: Mapping[str, Any]) -> dict[int, tuple[Span, ...]]:
    """Read the hours of a week; raises CalendarError where nobody ever works."""
    made = {}
    for name, spans in hours.items():
        if not (str(name).isdecimal() and int(name) < WEEKDAYS):
            raise CalendarError(
                _("Weekdays are 0 (Monday) to 6 (Sunday); received “%s”.") % name,
            )
        made[int(name)] = read_spans(spans)
    if not any(made.values()):
        raise CalendarError(no_working_days())
    return made


def usual_day(spans: Mapping[int, tuple[Span, ...]]) -> tuple[Span, ...]:
    """Return the hours of a working day that is made up for: a Monday's, else any."""
    in_order = (spans.get(weekday, ()) for weekday in range(MONDAY, WEEKDAYS))
    return next((each for each in in_order if each), ())
