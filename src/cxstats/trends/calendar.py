"""Periods of the calendar: where a day belongs, and every period of a span."""

from __future__ import annotations

from datetime import date, timedelta

from cxstats.errors import InputError

__all__ = ["CYCLES", "PERIODS", "check_period", "every_period", "period_start"]

PERIODS = ("day", "week", "month", "quarter", "year", "value")
"""Lengths of a period; ``value`` takes each value of the column as one period."""

CYCLES = {"day": 7, "week": 52, "month": 12, "quarter": 4}
"""Periods in one season: a week of days, a year of everything else."""

_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def check_period(period: str) -> str:
    """Return the period, or refuse one that is not known.

    Raises
    ------
    InputError
        If it is none of `PERIODS`.
    """
    if period not in PERIODS:
        raise InputError(
            f"period must be one of {', '.join(PERIODS)}; received {period!r}"
        )
    return period


def period_start(day: date, period: str) -> date:
    """Return the first day of the period that holds a day; weeks begin on Monday.

    Examples
    --------
    >>> period_start(date(2026, 5, 20), "quarter"), period_start(date(2026, 1, 1), "week")
    (datetime.date(2026, 4, 1), datetime.date(2025, 12, 29))
    """  # noqa: E501 - two cases on one line show the rule
    if period == "day":
        return day
    if period == "week":
        return day - timedelta(days=day.weekday())
    months = _MONTHS[period]
    return date(day.year, 1 + (day.month - 1) // months * months, 1)


def every_period(first: date, last: date, period: str) -> tuple[date, ...]:
    """Return the start of every period from one day to another, gaps included."""
    start, end = period_start(first, period), period_start(last, period)
    found = [start]
    while found[-1] < end:
        # No period is longer than a year, and none shorter than its number of days.
        step = {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}[period]
        found.append(period_start(found[-1] + timedelta(days=step), period))
    return tuple(found)
