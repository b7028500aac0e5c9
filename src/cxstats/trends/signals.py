"""What the charts of a series say happened, with the period in which it was seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from cxstats.estimates import Floats, json_number, json_value
from cxstats.trends.limits import ControlLimits
from cxstats.trends.paths import Paths
from cxstats.trends.robust import OUTLYING
from cxstats.trends.run_lengths import ChartDesign

__all__ = ["Signal", "find_signals"]


@dataclass(frozen=True)
class Signal:
    """One alarm.

    Parameters
    ----------
    kind
        ``limits`` (a period beyond its control limits), ``cusum``, ``ewma`` (a
        lasting shift) or ``outlier`` (far from the median, yet inside its limits).
    position, period
        Period in which it was seen: its place from 0, and its start.
    direction
        ``up`` or ``down``.
    since
        Start of the period with which the shift began, as the CUSUM estimates it;
        the period itself for the other kinds.
    value
        Value of the period, in the unit of the series.
    statistic
        The z, CUSUM, average or robust z that crossed its limit.
    """

    kind: str
    position: int
    period: Any
    direction: str
    since: Any
    value: float
    statistic: float

    def to_dict(self) -> dict[str, Any]:
        """Return the signal for JSON."""
        return {
            "kind": self.kind,
            "period": json_value(self.period),
            "direction": self.direction,
            "since": json_value(self.since),
            "value": json_number(self.value),
            "statistic": json_number(self.statistic),
        }


def find_signals(
    periods: tuple[Any, ...],
    values: Floats,
    limits: ControlLimits,
    paths: Paths,
    robust: Floats,
    design: ChartDesign,
) -> tuple[Signal, ...]:
    """Collect the alarms of all charts in the order of time.

    A memory chart gives one signal when it crosses its limit, not one for every
    period beyond it.
    """
    found: list[Signal] = []

    def add(kind: str, at: int, statistic: float, since: int | None = None) -> None:
        direction = "up" if statistic > 0 else "down"
        begun = periods[at if since is None else since]
        found.append(
            Signal(
                kind, at, periods[at], direction, begun, float(values[at]), statistic
            )
        )

    for at in np.flatnonzero(limits.outside).tolist():
        add("limits", at, float(limits.z[at]))
    for at in _crossings(paths.up, design.h):
        add("cusum", at, float(paths.up[at]), paths.up_since[at])
    for at in _crossings(paths.down, design.h):
        add("cusum", at, -float(paths.down[at]), paths.down_since[at])
    for side in (1, -1):
        for at in _crossings(side * paths.average, paths.limit):
            add("ewma", at, float(paths.average[at]))
    odd = np.nan_to_num(np.abs(robust)) > OUTLYING
    for at in np.flatnonzero(odd & ~limits.outside).tolist():
        add("outlier", at, float(robust[at]))
    return tuple(sorted(found, key=lambda signal: signal.position))


def _crossings(path: Floats, limit: float) -> list[int]:
    """Positions at which a path goes beyond its limit, coming from inside."""
    beyond = path > limit
    before = np.concatenate([[False], beyond[:-1]])
    return [int(at) for at in np.flatnonzero(beyond & ~before)]
