"""Which periods a chart takes for its normal state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cxstats.trends.breaks import ChangePoints
from cxstats.trends.series import Series

__all__ = ["Baseline", "choose_baseline"]

_LEAST_PERIODS = 8
"""Fewer periods before a change give no usable centre; all are taken then."""


@dataclass(frozen=True, eq=False)
class Baseline:
    """The periods that limits are made from.

    ``is_cut`` says that nobody chose them: the level changed, and they are the
    periods before.
    """

    periods: npt.NDArray[np.bool_]
    is_cut: bool


def choose_baseline(
    series: Series,
    changes: ChangePoints,
    given: tuple[Any, Any] | None,
    leave_out: Sequence[Any],
) -> Baseline:
    """Take the periods that were asked for, or those before the first change.

    Limits that mix two levels would alarm on both.

    Raises
    ------
    InputError
        If a day that was given is in no period.
    """
    keep = np.ones(len(series.periods), dtype=bool)
    is_cut = False
    if given is not None:
        first, last = (series.place(end) for end in given)
        keep[:] = False
        keep[first : last + 1] = True
    elif changes.changes and changes.changes[0].position >= _LEAST_PERIODS:
        used = np.flatnonzero(series.used)
        keep[used[changes.changes[0].position] :] = False
        is_cut = True
    for known in leave_out:
        keep[series.place(known)] = False
    return Baseline(keep, is_cut)
