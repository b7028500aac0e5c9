"""Fifteen months of fieldwork: days, waves and the day something was changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

__all__ = ["DEFAULT_END", "MONTHS", "Period", "Wave", "period_ending"]

DEFAULT_END = date(2026, 10, 31)
MONTHS = 15
_WAVE_MONTHS = (3, 12)
_CHANGE_MONTH = 8
_FIELD_DAYS = 14
_WEEKEND = 0.8
_YEARLY_GROWTH = 0.25
_JULY = 7


@dataclass(frozen=True)
class Wave:
    """A relationship wave: its code and the first of its fourteen field days."""

    code: str
    first_day: int
    field_days: int


@dataclass(frozen=True)
class Period:
    """The simulated days, counted from 0 at ``start`` to ``days - 1`` at ``end``."""

    start: date
    end: date
    days: int
    months: tuple[str, ...]
    month_of_day: NDArray[np.int8]
    day_cdf: NDArray[np.float64]
    waves: tuple[Wave, ...]
    change_day: int

    def date_of(self, day: int) -> date:
        """Calendar date of a day number."""
        return self.start + timedelta(days=day)


def period_ending(end: date) -> Period:
    """Build the fifteen calendar months that finish on ``end``."""
    firsts = [_month(end, at - (MONTHS - 1)) for at in range(MONTHS)]
    start = firsts[0]
    days = (end - start).days + 1
    dates = [start + timedelta(days=at) for at in range(days)]
    month = [(d.year - start.year) * 12 + d.month - start.month for d in dates]
    load = np.array(
        [
            (_WEEKEND if d.weekday() >= 5 else 1.0)  # noqa: PLR2004 - Saturday is 5
            * (1 + _YEARLY_GROWTH * at / 365)
            for at, d in enumerate(dates)
        ]
    )
    return Period(
        start=start,
        end=end,
        days=days,
        months=tuple(f"{first:%Y-%m}" for first in firsts),
        month_of_day=np.array(month, dtype=np.int8),
        day_cdf=np.concatenate([[0.0], np.cumsum(load) / load.sum()]),
        waves=tuple(_wave(firsts[at], start) for at in _WAVE_MONTHS),
        change_day=(firsts[_CHANGE_MONTH] - start).days,
    )


def _month(end: date, offset: int) -> date:
    index = end.year * 12 + end.month - 1 + offset
    return date(index // 12, index % 12 + 1, 1)


def _wave(first: date, start: date) -> Wave:
    # Two waves lie nine months apart, so their half-years always differ.
    half = "H1" if first.month < _JULY else "H2"
    opening = first + timedelta(days=4)
    return Wave(f"RNPS-{first.year}{half}", (opening - start).days, _FIELD_DAYS)
