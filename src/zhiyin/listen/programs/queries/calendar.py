"""When waves are, and on which of their mornings each customer's turn comes."""

from __future__ import annotations

import datetime as dt
import zoneinfo

from zhiyin.accounts.models import Organisation
from zhiyin.common import clock
from zhiyin.listen.programs.models import Cadence, Programme, Wave

MONTHS = {Cadence.MONTHLY: 1, Cadence.QUARTERLY: 3, Cadence.YEARLY: 12}
MORNING = dt.time(9, 30)
MORNING_MINUTES = 120
FRIDAY = 4
DAY = dt.timedelta(days=1)


def today_of(organisation: Organisation) -> dt.date:
    """Return the day it is where the organisation is."""
    zone = zoneinfo.ZoneInfo(organisation.time_zone)
    return clock.now().astimezone(zone).date()


def period_of(cadence: str, day: dt.date) -> tuple[dt.date, dt.date] | None:
    """Return the calendar month, quarter or year around a day; None without one."""
    months = MONTHS.get(Cadence(cadence))
    if months is None:
        return None
    first = day.replace(month=(day.month - 1) // months * months + 1, day=1)
    after = first.month - 1 + months
    following = dt.date(first.year + after // 12, after % 12 + 1, 1)
    return first, following - DAY


def code_of_period(programme: Programme, starts_on: dt.date) -> str:
    """Return a wave's code: the programme's and the period's, as people write it."""
    stem = programme.code.lower()
    if programme.cadence == Cadence.MONTHLY:
        return f"{stem}-{starts_on:%Y-%m}"
    if programme.cadence == Cadence.QUARTERLY:
        return f"{stem}-{starts_on.year}q{(starts_on.month + 2) // 3}"
    if programme.cadence == Cadence.YEARLY:
        return f"{stem}-{starts_on.year}"
    return f"{stem}-{starts_on:%Y-%m-%d}"


def weekdays(first: dt.date, last: dt.date) -> list[dt.date]:
    """Return the days from Monday to Friday in a period; if none, all of it."""
    days = [first + DAY * step for step in range((last - first).days + 1)]
    return [day for day in days if day.weekday() <= FRIDAY] or days


def turn_of(share: float, days: list[dt.date], zone: dt.tzinfo) -> dt.datetime:
    """Return the moment of one customer's turn: as many on each of the mornings.

    `share` is the customer's stable number from 0 up to 1, so that the turn comes at
    the same place of every period and two turns lie one cadence apart.
    """
    place = share * len(days)
    number = int(place)
    minutes = (place - number) * MORNING_MINUTES
    start = dt.datetime.combine(days[number], MORNING, zone)
    return (start + dt.timedelta(minutes=minutes)).astimezone(dt.UTC)


def end_of(wave: Wave) -> dt.datetime:
    """Return the moment at which the wave's last day is over."""
    zone = zoneinfo.ZoneInfo(wave.organisation.time_zone)
    midnight = dt.datetime.combine(wave.ends_on + DAY, dt.time(), zone)
    return midnight.astimezone(dt.UTC)
