"""The answer of monitoring: periods, limits, signals, changes, season, growth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxstats.charts.trends import control_chart
from cxstats.display import format_value, notice_lines, text_table
from cxstats.estimates import Floats, Notice, json_number, json_value
from cxstats.reporting import DEFAULT_POLICY, MinimumN
from cxstats.results import Result
from cxstats.trends.breaks import ChangePoints
from cxstats.trends.detection import TimeToDetect
from cxstats.trends.growth import Growth
from cxstats.trends.limits import ControlLimits
from cxstats.trends.paths import Paths
from cxstats.trends.robust import Dispersion
from cxstats.trends.run_lengths import RunLength
from cxstats.trends.seasonality import SeasonalTrend
from cxstats.trends.series import Series
from cxstats.trends.signals import Signal

__all__ = ["Monitoring"]

_SHOWN_ROWS = 24


@dataclass(frozen=True, eq=False, repr=False)
class Monitoring(Result):
    """A score over time, judged.

    Parameters
    ----------
    metric, unit, level
        What is charted, in which unit, and the level of the intervals.
    factor
        Multiplies coded values and limits into the unit.
    series
        The periods with their estimates.
    baseline
        True for the periods that limits are made from.
    limits, paths, robust
        Control limits (coded), CUSUM and EWMA paths, and robust z of the values.
    signals
        Alarms in the order of time.
    changes
        Changes of level among the periods that have answers.
    season
        Trend, season and remainder; None where there is no full series of two
        seasons.
    growth, year_over_year
        Each period against the one before, and against the same one a year before.
    dispersion
        Spread of the periods' values, in the unit.
    run_lengths
        Time between false alarms, by chart.
    detectability
        How soon a drop of the size asked for would be seen at the usual n; None
        without variance.
    excluded, warnings
        What was left out, and what the reader must know.
    """

    metric: str
    unit: str
    factor: float
    level: float
    series: Series
    baseline: npt.NDArray[np.bool_]
    limits: ControlLimits
    paths: Paths
    robust: Floats
    signals: tuple[Signal, ...]
    changes: ChangePoints
    season: SeasonalTrend | None
    growth: tuple[Growth, ...]
    year_over_year: tuple[Growth, ...]
    dispersion: Dispersion
    run_lengths: tuple[RunLength, ...]
    detectability: TimeToDetect | None
    excluded: Mapping[str, int]
    warnings: tuple[Notice, ...]

    @property
    def centre(self) -> float:
        """Centre line, in the unit."""
        return self.limits.centre * self.factor

    def to_dict(self) -> dict[str, Any]:
        """Return the result with the keys of the command line's JSON."""
        return {
            "metric": self.metric,
            "unit": self.unit,
            "period": self.series.length,
            "level": self.level,
            "centre": json_number(self.centre),
            "limits": self.limits.method,
            "spread": json_number(self.limits.spread),
            "periods": self._periods(),
            "signals": [signal.to_dict() for signal in self.signals],
            "changes": self._changes(),
            "change_p": json_number(self.changes.p),
            "season": None if self.season is None else self.season.to_dict(),
            "growth": self._compared(self.growth),
            "year_over_year": self._compared(self.year_over_year),
            "dispersion": self.dispersion.to_dict(),
            "false_alarm_every": {run.chart: run.mean for run in self.run_lengths},
            "detectability": (
                None if self.detectability is None else self.detectability.to_dict()
            ),
            "excluded": dict(self.excluded),
            "warnings": [notice.to_dict() for notice in self.warnings],
        }

    def _columns(self) -> dict[str, Any]:
        s, limits, paths = self.series, self.limits, self.paths
        return {
            "n": s.n,
            "value": s.value,
            "lower": s.lower,
            "upper": s.upper,
            "lower_limit": limits.lower * self.factor,
            "upper_limit": limits.upper * self.factor,
            "z": limits.z,
            "cusum_up": paths.up,
            "cusum_down": paths.down,
            "ewma": paths.average,
            "robust_z": self.robust,
            "in_baseline": self.baseline,
        }

    def _periods(self) -> list[dict[str, Any]]:
        columns = {name: column.tolist() for name, column in self._columns().items()}
        rows = zip(*columns.values(), strict=True)
        return [
            {
                "period": json_value(period),
                **{
                    name: json_number(value) if isinstance(value, float) else value
                    for name, value in zip(columns, row, strict=True)
                },
            }
            for period, row in zip(self.series.periods, rows, strict=True)
        ]

    def _changes(self) -> list[dict[str, Any]]:
        """Changes with the first period of the new level, and its interval."""
        used = [self.series.periods[at] for at in np.flatnonzero(self.series.used)]

        def named(place: int | None) -> Any:
            if place is None:
                return None
            return json_value(used[min(max(place, 0), len(used) - 1)])

        return [
            {
                "period": named(change.position),
                "earliest": named(change.lower),
                "latest": named(change.upper),
                "before": change.before,
                "after": change.after,
            }
            for change in self.changes.changes
        ]

    def _compared(self, growth: tuple[Growth, ...]) -> list[dict[str, Any]]:
        return [
            {
                "period": json_value(self.series.periods[item.position]),
                "compared_with": json_value(self.series.periods[item.earlier]),
                **{
                    name: value
                    for name, value in item.to_dict().items()
                    if name not in {"position", "earlier"}
                },
            }
            for item in growth
        ]

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per period with everything charted."""
        return pd.DataFrame({"period": list(self.series.periods), **self._columns()})

    def chart(self, policy: MinimumN = DEFAULT_POLICY) -> Any:
        """Draw values, centre and limits; signals stand out; changes are lines.

        Periods below the policy's minimum are grey.

        Returns
        -------
        altair.Chart
        """
        alarms = {signal.position for signal in self.signals}
        rows = [
            {
                **row,
                "centre": self.centre,
                "state": self._state(place, alarms, policy),
            }
            for place, row in enumerate(self._periods())
        ]
        return control_chart(
            rows,
            unit=self.unit,
            changes=self._changes(),
            title=f"{self.metric} per {self.series.length}",
            ordinal=self.series.length == "value",
        )

    def _state(self, place: int, alarms: set[int], policy: MinimumN) -> str:
        if policy.standing(int(self.series.n[place])) == "hidden":
            return "too few answers"
        return "signal" if place in alarms else "in control"

    def __str__(self) -> str:
        """Write the latest periods, the signals and the changes."""
        return "\n".join([self._head(), self._table(), *self._told()])

    def _head(self) -> str:
        centre = format_value(self.centre, self.unit, 1)
        return (
            f"{self.metric} per {self.series.length}: {len(self.series.periods)} "
            f"periods, centre {centre}, {self.limits.method} limits"
        )

    def _table(self) -> str:
        rows = []
        for row in self._periods()[-_SHOWN_ROWS:]:
            numbers = [
                format_value(
                    float("nan") if row[name] is None else row[name], self.unit, 1
                )
                for name in ("value", "lower_limit", "upper_limit")
            ]
            rows.append([str(row["period"]), *numbers, f"{row['n']:,}"])
        return text_table(["period", "value", "lower limit", "upper limit", "n"], rows)

    def _told(self) -> list[str]:
        lines = [
            f"signal: {signal.kind} {signal.direction} in {signal.period}"
            + (f", since {signal.since}" if signal.since != signal.period else "")
            for signal in self.signals
        ] or ["no signal"]
        for change in self._changes():
            before, after = (
                format_value(change[side], self.unit, 1) for side in ("before", "after")
            )
            lines.append(
                f"level changed in {change['period']} ({change['earliest']} to "
                f"{change['latest']}): {before} to {after}"
            )
        every = ", ".join(f"{run.chart} {run.mean:.0f}" for run in self.run_lengths)
        lines.append(f"periods between false alarms: {every}")
        if self.detectability is not None:
            lines.append(self.detectability.summary())
        lines += notice_lines(self.warnings)
        return lines
