"""Reads of calendars and the arithmetic of clocks."""

from __future__ import annotations

from zhiyin.act.clocks.queries.calendars import (
    OFFICE_HOURS,
    calendar_for,
    calendar_of,
    week_of,
    weeks_for,
)
from zhiyin.act.clocks.queries.holidays import (
    SpecialDay,
    public_holidays,
    read_days,
)
from zhiyin.act.clocks.queries.week import (
    CalendarError,
    Week,
    due,
    minutes_between,
    read_spans,
    read_week,
    spell_span,
)

__all__ = [
    "OFFICE_HOURS",
    "CalendarError",
    "SpecialDay",
    "Week",
    "calendar_for",
    "calendar_of",
    "due",
    "minutes_between",
    "public_holidays",
    "read_days",
    "read_spans",
    "read_week",
    "spell_span",
    "week_of",
    "weeks_for",
]
