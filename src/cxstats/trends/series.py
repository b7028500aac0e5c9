"""A score per period, gaps included."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from cxstats.errors import InputError
from cxstats.estimates import Floats
from cxstats.trends.calendar import period_start

__all__ = ["Series", "as_date"]


@dataclass(frozen=True, eq=False)
class Series:
    """Columns with one entry per period, in order of time.

    Parameters
    ----------
    length
        Length of a period: ``month``, or ``value`` for labels in order.
    periods
        First day of each period, or its label.
    n, n_effective
        Valid answers, and what they are worth with weights; 0 in a gap.
    value, std_error, lower, upper
        Estimate and interval in the unit of the series; NaN in a gap.
    square
        Mean square of the coded values (not in the unit).
    """

    length: str
    periods: tuple[Any, ...]
    n: npt.NDArray[np.int64]
    n_effective: Floats
    value: Floats
    square: Floats
    std_error: Floats
    lower: Floats
    upper: Floats

    @property
    def used(self) -> npt.NDArray[np.bool_]:
        """Whether each period has a value to judge."""
        return np.isfinite(self.value) & (self.n_effective > 0)

    def place(self, day: Any) -> int:
        """Return the position of the period that holds a day, or has a label.

        Raises
        ------
        InputError
            If it is no date, or no period of the series holds it.
        """
        wanted = day
        if self.length != "value":
            wanted = period_start(as_date(day), self.length)
        if wanted not in self.periods:
            raise InputError(
                f"{day} is in no period of the series, which runs from "
                f"{self.periods[0]} to {self.periods[-1]}"
            )
        return self.periods.index(wanted)


def as_date(day: Any) -> date:
    """Return a day from a date, a moment or ISO text.

    Raises
    ------
    InputError
        If it is none of them.
    """
    if isinstance(day, datetime):
        return day.date()
    if isinstance(day, date):
        return day
    try:
        return date.fromisoformat(str(day)[:10])
    except ValueError as error:
        raise InputError(f"{day!r} is not a date; write it as 2026-05-01") from error
