"""Setting the clocks of a case by its level and its department's calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from zhiyin.act.cases.models import Case
from zhiyin.act.clocks.models import Counts
from zhiyin.act.clocks.queries import CalendarError, Week, calendar_for, due, weeks_for

CLOCKS = ("acknowledge", "contact", "resolve")


def set_clocks(case: Case, start: dt.datetime, names: tuple[str, ...] = CLOCKS) -> None:
    """Set clocks of a case as its level wishes, counted from `start`."""
    _set_by(_week(case), case, start, names)


def set_all_clocks(cases: Sequence[Case], start: dt.datetime) -> None:
    """Set the clocks of new cases of one organisation, its calendars read once."""
    weeks = weeks_for(cases[0].organisation, [case.department for case in cases])
    for case, week in zip(cases, weeks, strict=True):
        _set_by(week, case, start)


def _set_by(
    week: Week | None,
    case: Case,
    start: dt.datetime,
    names: tuple[str, ...] = CLOCKS,
) -> None:
    """Set clocks of a case by a calendar; without one every hour counts."""
    for name in names:
        minutes = getattr(case.level, f"{name}_minutes")
        counts = getattr(case.level, f"{name}_counts")
        share = case.level.escalate_share
        by = None if minutes is None else _due(start, minutes, counts, week)
        is_warned = by is not None and share < 1
        warn = _due(start, minutes * share, counts, week) if is_warned else None
        setattr(case, f"{name}_by", by)
        setattr(case, f"{name}_warn_at", warn)


def _week(case: Case) -> Week | None:
    # A case is never lost to a calendar: one that cannot be read counts every hour.
    try:
        return calendar_for(case.organisation, case.department)
    except CalendarError:
        return None


def _due(
    start: dt.datetime, minutes: float, counts: str, week: Week | None
) -> dt.datetime:
    try:
        return due(start, minutes, counts, week)
    except CalendarError:
        return due(start, minutes, Counts.CALENDAR)
