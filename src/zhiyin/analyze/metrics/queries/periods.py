"""Periods as people name them, and the buckets of a trend."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from zhiyin.common import clock

PRESETS = {
    "30d": (_("Last 30 days"), 30),
    "90d": (_("Last 90 days"), 90),
    "365d": (_("Last 12 months"), 365),
    "all": (_("All time"), None),
}
DEFAULT_PRESET = "365d"
# Days outside are no days of answers, and calendars overflow at their ends.
FIRST_DAY, LAST_DAY = dt.date(1990, 1, 1), dt.date(2099, 12, 31)
_DAILY_UP_TO = 31
_WEEKLY_UP_TO = 130
_MONTHLY_UP_TO = 1500


@dataclass(frozen=True)
class Period:
    """Whole days from `first` to `last`, both included, in one time zone.

    An open end is None: the answers themselves end the period.
    """

    first: dt.date | None
    last: dt.date | None
    zone: str = "Asia/Shanghai"
    preset: str = ""

    @property
    def bounds(self) -> tuple[dt.datetime | None, dt.datetime | None]:
        """Return the first moment of it and the first moment after it, in UTC."""
        start = self._midnight(self.first) if self.first else None
        end = self._midnight(self.last + dt.timedelta(1)) if self.last else None
        return start, end

    def _midnight(self, day: dt.date) -> dt.datetime:
        local = dt.datetime.combine(day, dt.time(), zoneinfo.ZoneInfo(self.zone))
        return local.astimezone(dt.UTC).replace(tzinfo=None)

    @property
    def days(self) -> int | None:
        """Return how many days it has, or None for an open period."""
        if self.first is None or self.last is None:
            return None
        return (self.last - self.first).days + 1

    def before(self) -> Period | None:
        """Return the period of the same length right before this one."""
        return self._moved(-1)

    def after(self) -> Period | None:
        """Return the period of the same length right after this one, up to today."""
        if self.last is None or self.last >= today(self.zone):
            return None
        return self._moved(1)

    def _moved(self, steps: int) -> Period | None:
        if self.first is None or self.last is None or self.days is None:
            return None
        if months := whole_months(self.first, self.last):
            first = _months_later(self.first, months * steps)
            last = _months_later(first, months) - dt.timedelta(1)
        else:
            by = dt.timedelta(self.days * steps)
            first, last = self.first + by, self.last + by
        inside = first >= FIRST_DAY and last <= LAST_DAY
        return Period(first, last, self.zone) if inside else None

    def midnight(self, day: dt.date) -> dt.datetime:
        """Return the first moment of a day here, in UTC without a zone."""
        return self._midnight(day)


def whole_months(first: dt.date, last: dt.date) -> int:
    """Return how many calendar months a period is exactly, or 0."""
    if first.day != 1 or (last + dt.timedelta(1)).day != 1:
        return 0
    return (last.year - first.year) * 12 + last.month - first.month + 1


def _months_later(first: dt.date, months: int) -> dt.date:
    years, month = divmod(first.month - 1 + months, 12)
    return dt.date(first.year + years, month + 1, 1)


def today(zone: str) -> dt.date:
    """Return the current day in a time zone."""
    return clock.now().astimezone(zoneinfo.ZoneInfo(zone)).date()


def preset_period(preset: str, zone: str) -> Period:
    """Return the period a preset means now; an unknown name means the default."""
    name = preset if preset in PRESETS else DEFAULT_PRESET
    length = PRESETS[name][1]
    if length is None:
        return Period(None, None, zone, name)
    last = today(zone)
    return Period(last - dt.timedelta(length - 1), last, zone, name)


def parse_period(first: str, last: str, preset: str, zone: str) -> Period:
    """Read a period from an address; what cannot be read means the preset."""
    try:
        start = dt.date.fromisoformat(first)
        end = dt.date.fromisoformat(last)
    except ValueError:
        return preset_period(preset, zone)
    start, end = (min(max(day, FIRST_DAY), LAST_DAY) for day in sorted((start, end)))
    return Period(start, end, zone)


@dataclass(frozen=True)
class Buckets:
    """The steps of a trend: the first day of each, and the day after the last."""

    step: str
    starts: tuple[dt.date, ...]
    end: dt.date


def bucket_days(first: dt.date, last: dt.date) -> Buckets:
    """Cut a period into days, weeks, months or years, by its length."""
    length = (last - first).days + 1
    if length <= _DAILY_UP_TO:
        step, start = "day", first
    elif length <= _WEEKLY_UP_TO:
        step, start = "week", first - dt.timedelta(first.weekday())
    elif length <= _MONTHLY_UP_TO:
        step, start = "month", first.replace(day=1)
    else:
        step, start = "year", first.replace(month=1, day=1)
    starts = [start]
    while (following := _next(starts[-1], step)) <= last:
        starts.append(following)
    return Buckets(step, tuple(starts), _next(starts[-1], step))


def _next(day: dt.date, step: str) -> dt.date:
    if step in {"day", "week"}:
        return day + dt.timedelta(1 if step == "day" else 7)
    if step == "year":
        return day.replace(year=day.year + 1)
    return (day.replace(day=28) + dt.timedelta(4)).replace(day=1)
