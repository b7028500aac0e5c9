"""The answer of before and after: the effect, its cells and its checks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from cxstats.charts.experiments import parallel_chart
from cxstats.display import format_value, notice_lines, text_table
from cxstats.estimates import Estimate, Notice, json_number
from cxstats.results import Result

__all__ = ["BeforeAfter"]


@dataclass(frozen=True, eq=False, repr=False)
class BeforeAfter(Result):
    """What a treatment changed, against what changed without it.

    Parameters
    ----------
    outcome, kind, unit
        What was measured, and its unit.
    estimate
        The difference in differences with its interval (HC2, or by cluster).
    p
        Two-sided p value.
    errors
        Standard errors by name: ``ols``, ``HC0`` to ``HC3``, and ``cluster``.
    cells
        Means and n of the four cells.
    trend
        The test of the periods before; None where there is only one.
    placebo
        The same difference between earlier and latest periods before the treatment,
        where nothing should show; None where there is only one.
    placebo_outcome
        The difference in an outcome that the treatment cannot change.
    series
        Treated and control by period, for the chart.
    warnings
        What the reader must know.
    """

    outcome: str
    kind: str
    unit: str
    estimate: Estimate
    p: float
    errors: dict[str, float]
    cells: dict[str, Estimate]
    trend: dict[str, Any] | None
    placebo: Estimate | None
    placebo_outcome: Estimate | None
    series: tuple[dict[str, Any], ...]
    warnings: tuple[Notice, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the estimate, the cells and every check."""

        def shown(estimate: Estimate | None) -> dict[str, Any] | None:
            return None if estimate is None else estimate.to_dict()

        return {
            "outcome": self.outcome,
            "kind": self.kind,
            "unit": self.unit,
            "effect": {**self.estimate.to_dict(), "p": json_number(self.p)},
            "std_errors": {name: json_number(x) for name, x in self.errors.items()},
            "cells": {name: cell.to_dict() for name, cell in self.cells.items()},
            "pre_trend": self.trend,
            "placebo": shown(self.placebo),
            "placebo_outcome": shown(self.placebo_outcome),
            "series": [
                {**row, "value": json_number(row["value"])} for row in self.series
            ],
            "warnings": [notice.to_dict() for notice in self.warnings],
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per cell."""
        return pd.DataFrame(
            [{"cell": name, **cell.to_dict()} for name, cell in self.cells.items()]
        )

    def chart(self) -> Any:
        """Draw both groups by period.

        Returns
        -------
        altair.Chart
        """
        rows = [{**row, "period": str(row["period"])} for row in self.series]
        return parallel_chart(
            rows, unit=self.unit, title=f"{self.outcome}: treated and control"
        )

    def __str__(self) -> str:
        """Write the cells, the effect and the checks."""
        rows = [
            [
                name.replace("_", " "),
                format_value(cell.value, self.unit, 2),
                f"{cell.n:,}",
            ]
            for name, cell in self.cells.items()
        ]
        lines = [
            text_table(["", "value", "n"], rows),
            self._line("effect", self.estimate),
        ]
        for name in ("placebo", "placebo_outcome"):
            check = getattr(self, name)
            if check is not None:
                lines.append(self._line(name.replace("_", " of another "), check))
        if self.trend is not None:
            lines.append(f"trends before the treatment differ: p {self.trend['p']:.3f}")
        lines += notice_lines(self.warnings)
        return "\n".join(lines)

    def _line(self, name: str, e: Estimate) -> str:
        value, lower, upper = (
            format_value(x, self.unit, 2) for x in (e.value, e.lower, e.upper)
        )
        return f"{name}: {value} ({lower} to {upper}, {e.method})"
