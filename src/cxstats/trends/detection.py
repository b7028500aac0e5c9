"""How long until a drop would be seen: a chart's power at a survey's volume."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cxstats.charts.trends import detection_chart
from cxstats.display import notice_lines, text_table
from cxstats.errors import InputError
from cxstats.estimates import Notice, json_number
from cxstats.results import Result
from cxstats.trends.run_lengths import CHARTS, ChartDesign, RunLength, run_length

__all__ = ["FACTORS", "TimeToDetect", "time_to_detect"]

FACTORS = {"points": 100.0, "share": 1.0, "score": 1.0, "rate": 1.0}
"""What a coded value is multiplied by in each unit that can be monitored."""


@dataclass(frozen=True, repr=False)
class TimeToDetect(Result):
    """How soon each chart finds a lasting shift.

    Parameters
    ----------
    drop, unit
        Size of the shift and its unit.
    n
        Answers per period.
    std_error
        Standard error of one period, in the unit.
    shift
        The drop in standard errors of a period.
    horizon
        Periods within which ``found`` is told.
    found
        Run length with the shift, by chart.
    false_alarm
        Run length without a shift, by chart.
    warnings
        What the reader must know.
    """

    drop: float
    unit: str
    n: float
    std_error: float
    shift: float
    horizon: int
    found: tuple[RunLength, ...]
    false_alarm: tuple[RunLength, ...]
    warnings: tuple[Notice, ...]

    def _rows(self) -> list[dict[str, Any]]:
        return [
            {
                "chart": run.chart,
                "median_periods": run.median,
                "mean_periods": json_number(run.mean),
                "found_within_horizon": run.within(self.horizon),
                "false_alarm_every": json_number(quiet.mean),
            }
            for run, quiet in zip(self.found, self.false_alarm, strict=True)
        ]

    def to_dict(self) -> dict[str, Any]:
        """Return the inputs and one entry per chart."""
        return {
            "drop": self.drop,
            "unit": self.unit,
            "n_per_period": self.n,
            "std_error": self.std_error,
            "shift": self.shift,
            "horizon": self.horizon,
            "charts": self._rows(),
            "warnings": [notice.to_dict() for notice in self.warnings],
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per chart."""
        return pd.DataFrame(self._rows())

    def chart(self) -> Any:
        """Draw the probability of having seen the drop, period by period.

        Returns
        -------
        altair.Chart
        """
        rows = [
            {"chart": run.chart, "periods": place, "found": run.within(place)}
            for run in self.found
            for place in range(1, self.horizon + 1)
        ]
        return detection_chart(rows, title=self._title())

    def summary(self) -> str:
        """Write how soon the fastest chart sees the change, in one line."""
        known = [run for run in self.found if run.median is not None]
        best = min(known, key=lambda run: run.median or 0, default=None)
        if best is None:
            return f"{self._title()} is hardly ever seen"
        seen = f"is seen after {best.median} periods ({best.chart}, median)"
        return f"{self._title()} {seen}"

    def _title(self) -> str:
        return f"A change of {self.drop:g} {self.unit} at n {self.n:,.0f} per period"

    def __str__(self) -> str:
        """Write a line per chart."""
        headers = ["chart", "median periods", f"found in {self.horizon}", "false alarm"]
        rows = [
            [
                row["chart"],
                str(row["median_periods"] or "–"),
                f"{row['found_within_horizon']:.0%}",
                f"1 in {row['false_alarm_every']:,.0f}",
            ]
            for row in self._rows()
        ]
        notices = notice_lines(self.warnings)
        return "\n".join([self._title(), text_table(headers, rows), *notices])


def time_to_detect(  # noqa: PLR0913 - two numbers needed, the rest is detail
    drop: float,
    *,
    n: float,
    variance: float = 0.6,
    unit: str = "points",
    horizon: int = 26,
    design_effect: float = 1.0,
    design: ChartDesign | None = None,
) -> TimeToDetect:
    """Tell how many periods pass until a lasting drop is seen at a given volume.

    Parameters
    ----------
    drop
        Size of the shift, above 0, in ``unit``; a rise of the same size takes as
        long.
    n
        Valid answers per period.
    variance
        Variance of one answer: of a net score coded -1, 0, 1 (0.5 to 0.7 is usual),
        ``p (1 - p)`` of a share, the squared standard deviation of a mean score.
        With ``rate`` n is the exposure and the variance that of one unit of it.
    unit
        ``points``, ``share``, ``score`` or ``rate``.
    horizon
        Periods within which the probability of seeing it is told.
    design_effect
        Effect of weights and clusters on the variance.
    design
        Parameters of the charts.

    Raises
    ------
    InputError
        If a number is not above 0, or the unit is not known.

    Notes
    -----
    Run lengths come from Markov chains, not from simulation. The chart starts at its
    centre when the drop begins; a drop that begins inside a period is seen a
    fraction of a period later. Assumes a known centre: one estimated from few
    periods makes charts slower or more nervous than stated.

    Examples
    --------
    >>> [run.median for run in time_to_detect(5, n=200).found]
    [38, 8, 10]
    """
    numbers = (drop, n, variance, design_effect, horizon)
    if unit not in FACTORS or not all(math.isfinite(x) and x > 0 for x in numbers):
        raise InputError(
            "drop, n, variance, horizon and design_effect must be above 0 and unit one "
            f"of {', '.join(FACTORS)}; received {numbers} and {unit!r}"
        )
    std_error = FACTORS[unit] * math.sqrt(variance * design_effect / n)
    shift = drop / std_error
    plan = design or ChartDesign()
    found = tuple(
        run_length(chart, shift=shift, design=plan, horizon=horizon) for chart in CHARTS
    )
    quiet = tuple(run_length(chart, design=plan) for chart in CHARTS)
    return TimeToDetect(
        drop=drop,
        unit=unit,
        n=n,
        std_error=std_error,
        shift=shift,
        horizon=horizon,
        found=found,
        false_alarm=quiet,
        warnings=_notices(found, horizon),
    )


def _notices(found: tuple[RunLength, ...], horizon: int) -> tuple[Notice, ...]:
    best = max(run.within(horizon) for run in found)
    if best >= 0.8:  # noqa: PLR2004 - the usual power
        return ()
    return (
        Notice(
            "low_power",
            f"even the best chart sees such a drop within {horizon} periods with a "
            f"probability of only {best:.0%}; survey more, take longer periods or "
            "expect to see larger drops only",
        ),
    )
