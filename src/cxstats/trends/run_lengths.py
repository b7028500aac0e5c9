"""How long a chart runs until it signals, by Markov chains on its statistic.

Between two signals a CUSUM or an EWMA is a Markov process; cutting its range into
cells turns run lengths into linear algebra (Brook and Evans 1972; Lucas and Saccucci
1990). No simulation takes part, so the numbers repeat exactly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from scipy.special import ndtr

from cxstats.errors import InputError
from cxstats.estimates import Floats

__all__ = ["CHARTS", "Chart", "ChartDesign", "RunLength", "run_length"]

Chart = Literal["shewhart", "cusum", "ewma"]
CHARTS: tuple[Chart, ...] = ("shewhart", "cusum", "ewma")

_CELLS = 201
_LONGEST = 100_000


@dataclass(frozen=True)
class ChartDesign:
    """The parameters of the three charts, in standard deviations of a period.

    Parameters
    ----------
    width
        Shewhart limits.
    k, h
        Reference value and decision limit of the CUSUM.
    weight, reach
        EWMA: weight of the newest period, and limits in standard deviations of the
        average.
    """

    width: float = 3.0
    k: float = 0.5
    h: float = 4.0
    weight: float = 0.2
    reach: float = 2.86

    def __post_init__(self) -> None:
        """Refuse parameters without a meaning."""
        positive = self.width > 0 and self.h > 0 and self.reach > 0 and self.k >= 0
        if not positive or not 0 < self.weight <= 1:
            raise InputError(
                "a chart needs width, h and reach above 0, k of 0 or more and an EWMA "
                f"weight above 0 and at most 1; received {self}"
            )


@dataclass(frozen=True, eq=False)
class RunLength:
    """Periods from the start of a chart to its first signal.

    Parameters
    ----------
    chart
        ``shewhart``, ``cusum`` or ``ewma``.
    shift
        True distance of the level from the centre, in standard deviations.
    mean
        Average run length, in periods.
    signalled
        Probability of a signal within 1, 2, 3, ... periods; for the CUSUM by its
        side towards the shift.
    """

    chart: Chart
    shift: float
    mean: float
    signalled: Floats

    @property
    def median(self) -> int | None:
        """Periods after which half of all such shifts have signalled, if known."""
        reached = np.flatnonzero(self.signalled >= 0.5)  # noqa: PLR2004 - a half
        return int(reached[0]) + 1 if len(reached) else None

    def within(self, periods: int) -> float:
        """Probability of a signal within so many periods."""
        return float(self.signalled[min(periods, len(self.signalled)) - 1])


def run_length(
    chart: Chart,
    *,
    shift: float = 0.0,
    design: ChartDesign | None = None,
    horizon: int = 0,
) -> RunLength:
    """Compute the run length of a two-sided chart.

    Parameters
    ----------
    chart
        ``shewhart``, ``cusum`` or ``ewma``.
    shift
        True distance from the centre, in standard deviations of a period; 0 gives
        the time between false alarms.
    design
        The chart's parameters; three sigma, k 0.5, h 4, EWMA 0.2 and 2.86 by default.
    horizon
        Give the distribution up to this many periods at least; otherwise up to where
        half of all runs have ended.

    Raises
    ------
    InputError
        If there is no such chart, or the shift is not finite.

    Examples
    --------
    >>> round(run_length("cusum").mean), round(run_length("cusum", shift=1).mean, 1)
    (168, 8.4)
    """
    plan = design or ChartDesign()
    if chart not in CHARTS or not math.isfinite(shift):
        raise InputError(
            f"a run length needs a chart of {', '.join(CHARTS)} and a finite shift; "
            f"received {chart!r} and {shift}"
        )
    return _computed(chart, float(shift), plan, horizon)


@lru_cache(maxsize=256)
def _computed(chart: Chart, shift: float, plan: ChartDesign, horizon: int) -> RunLength:
    """Compute a run length once: pages ask for the same few again and again."""
    if chart == "shewhart":
        return _shewhart(shift, plan.width, horizon)
    if chart == "ewma":
        start, chain = _ewma_chain(shift, plan.weight, plan.reach)
        return RunLength(
            chart, shift, _mean(start, chain), _ended(chain, start, horizon)
        )
    toward = _cusum_chain(abs(shift), plan.k, plan.h)
    away = _cusum_chain(-abs(shift), plan.k, plan.h)
    # Both sides start at 0 and never signal together: their rates add up.
    mean = 1 / (1 / _mean(0, toward) + 1 / _mean(0, away))
    return RunLength(chart, shift, mean, _ended(toward, 0, horizon))


def _shewhart(shift: float, width: float, horizon: int) -> RunLength:
    out = float(ndtr(-width + shift) + ndtr(-width - shift))
    half = math.ceil(math.log(0.5) / math.log1p(-out)) if out < 1 else 1
    periods = np.arange(1, min(max(horizon, half), _LONGEST) + 1)
    ended = np.asarray(1 - (1 - out) ** periods, dtype=float)
    return RunLength("shewhart", shift, 1 / out, ended)


def _cusum_chain(shift: float, k: float, h: float) -> Floats:
    """Transitions of the upper CUSUM between cells of [0, h); the first holds 0."""
    width = 2 * h / (2 * _CELLS - 1)
    cells = np.arange(_CELLS)
    steps = (cells[None, :] - cells[:, None]) * width + k - shift
    chain = ndtr(steps + width / 2) - ndtr(steps - width / 2)
    chain[:, 0] = ndtr(steps[:, 0] + width / 2)
    return np.asarray(chain)


def _ewma_chain(shift: float, weight: float, reach: float) -> tuple[int, Floats]:
    """Transitions of the average between cells inside its limits; the middle is 0."""
    limit = reach * math.sqrt(weight / (2 - weight))
    width = 2 * limit / _CELLS
    middles = -limit + (np.arange(_CELLS) + 0.5) * width
    moved = middles[None, :] - (1 - weight) * middles[:, None]
    upper = ndtr((moved + width / 2) / weight - shift)
    lower = ndtr((moved - width / 2) / weight - shift)
    return _CELLS // 2, np.asarray(upper - lower)


def _mean(start: int, chain: Floats) -> float:
    steps = np.linalg.solve(np.eye(len(chain)) - chain, np.ones(len(chain)))
    return float(steps[start])


def _ended(chain: Floats, start: int, horizon: int) -> Floats:
    alive = np.zeros(len(chain))
    alive[start] = 1.0
    ended: list[float] = []
    while len(ended) < horizon or (not ended or ended[-1] < 0.5):  # noqa: PLR2004
        alive = alive @ chain
        ended.append(max(1 - float(alive.sum()), 0.0))
        if len(ended) >= max(horizon, _LONGEST // 20):
            break
    return np.asarray(ended)
