"""Weights per joint cell: diagnostics, weights onto rows, weighted estimates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from cxstats.aggregates import encode_rows
from cxstats.display import notice_lines, text_table
from cxstats.engine import Engine, resolve_column
from cxstats.errors import InputError
from cxstats.estimates import Estimate, Floats, Notice
from cxstats.results import Result
from cxstats.scales import Scale
from cxstats.weighting.calibrated import (
    Design,
    Outcome,
    Statistic,
    calibrated_estimate,
)
from cxstats.weighting.design import Fpc
from cxstats.weighting.diagnostics import WeightSummary
from cxstats.weighting.joint import Calibration, JointCells
from cxstats.weighting.margins import read_rows

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MarginRow", "Weighting"]

_SHOWN = 40


@dataclass(frozen=True)
class MarginRow:
    """One value of a margin.

    Parameters
    ----------
    variable, value
        The column (joint margins with ``*`` between) and its value.
    n
        Answers.
    target
        People in the base.
    before, after
        Sum of the base weights, brought to the total of the targets, and of the
        weights.
    """

    variable: str
    value: str
    n: int
    target: float
    before: float
    after: float


@dataclass(frozen=True, repr=False, eq=False)
class Weighting(Result):
    """Weights that bring a sample to its base.

    Parameters
    ----------
    method
        ``raking`` or ``post-stratification``.
    calibration
        Joint cells (each base weight makes its own) with the weight of one answer.
    margins
        Every value with its target, before and after.
    before, untrimmed, after
        Summary of the base weights, of the weights before trimming, and of the
        weights.
    cap
        Largest weight that trimming allowed; None without trimming.
    passes
        How many times all margins were fitted.
    miss
        Largest relative difference of a margin from its target.
    warnings
        What the reader must know.
    """

    method: str
    calibration: Calibration
    margins: tuple[MarginRow, ...]
    before: WeightSummary
    untrimmed: WeightSummary
    after: WeightSummary
    cap: float | None
    passes: int
    miss: float
    warnings: tuple[Notice, ...]

    @property
    def cells(self) -> JointCells:
        """The joint cells: values, answers and base weight of each."""
        return self.calibration.cells

    @property
    def weights(self) -> Floats:
        """Weight of one answer, per joint cell."""
        return self.calibration.weights

    def apply(self, data: Any, *, name: str = "weight") -> pa.Table:
        """Return the rows with their weight as a last column.

        Parameters
        ----------
        data
            The rows that the weights were made for: a file, a frame or Arrow table.
        name
            Name of the new column.

        Returns
        -------
        pyarrow.Table
            All rows and columns in their order. The weight is NULL where the base
            weight is not usable or the combination of values was not weighted.

        Raises
        ------
        InputError
            If the weights were made under a filter, the name is taken, or the rows
            cannot be read.
        """
        if self.cells.where is not None:
            raise InputError(
                "these weights were made under a filter; filter the rows first, make "
                "the weights without a filter and apply them to the same rows"
            )
        rows = read_rows(data)
        if name in rows.column_names:
            raise InputError(
                f"the data have a column {name!r} already; give the weights another "
                "name"
            )
        wanted = [
            resolve_column(column, rows.column_names) for column in self.cells.needed
        ]
        index, keys = encode_rows(_plain(rows.select(wanted)))
        found = [
            None if place < 0 else self.weights[place]
            for place in self.cells.places(keys)
        ]
        weights = pa.array(found, pa.float64()).take(pa.array(index))
        return rows.append_column(name, weights)

    def estimate(  # noqa: PLR0913 - a notebook names what it means, all but two optional
        self,
        data: Any,
        score: str,
        *,
        statistic: Statistic = "nps",
        scale: str | Scale | None = None,
        missing: Sequence[Any] = (),
        strata: str | None = None,
        cluster: str | None = None,
        fpc: Fpc = None,
        level: float = 0.95,
        engine: Engine | str | None = None,
    ) -> Estimate:
        """Estimate with these weights, counting what the known margins explain.

        Parameters
        ----------
        data
            The rows that the weights were made for.
        score
            Column of answers.
        statistic
            ``nps``, ``mean`` or ``total``.
        scale
            By default 0-10 for ``nps`` and any finite number for the others.
        missing, strata, cluster, fpc, level, engine
            As in `nps`.

        Raises
        ------
        InputError
            If a column, scale or level cannot be used.

        Notes
        -----
        Linearised variance of the residuals that the margins leave (Deville and
        Särndal 1992, eq. 3.4), which is smaller than treating the weights as given.
        """
        outcome = Outcome(score, statistic, scale, tuple(missing))
        design = Design(strata, cluster, fpc, level)
        return calibrated_estimate(self.calibration, data, outcome, design, engine)

    def to_dict(self) -> dict[str, Any]:
        """Return margins, cells and diagnostics for JSON."""
        return {
            "method": self.method,
            "columns": list(self.cells.columns),
            "passes": self.passes,
            "largest_miss": self.miss,
            "margins": [asdict(row) for row in self.margins],
            "diagnostics": {
                "before": self.before.to_dict(),
                "untrimmed": self.untrimmed.to_dict(),
                "after": self.after.to_dict(),
                "cap": self.cap,
            },
            "cells": [
                {
                    "values": dict(zip(self.cells.columns, key, strict=True)),
                    "n": int(n),
                    "base": base,
                    "weight": weight,
                }
                for key, n, base, weight in zip(
                    self.cells.labels,
                    self.cells.n.tolist(),
                    self.cells.base.tolist(),
                    self.weights.tolist(),
                    strict=True,
                )
            ],
            "warnings": [notice.to_dict() for notice in self.warnings],
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per joint cell: values, answers, base weight, weight."""
        import pandas as pd  # noqa: PLC0415 - keeps the command line quick

        values = {
            column: [key[i] for key in self.cells.labels]
            for i, column in enumerate(self.cells.columns)
        }
        n, base = self.cells.n.astype(int), self.cells.base
        numbers = {"n": n, "base": base, "weight": self.weights}
        return pd.DataFrame({**values, **numbers})

    def chart(self) -> Any:
        """Draw each value's share before and after beside its target.

        Returns
        -------
        altair.Chart
        """
        from cxstats.charts.weighting import margin_chart  # noqa: PLC0415 - as above

        return margin_chart([asdict(row) for row in self.margins])

    def __str__(self) -> str:
        """Write the margins and what the weights cost."""
        rows = [
            [
                f"{row.variable} = {row.value or '(missing)'}",
                f"{row.n:,}",
                f"{row.target:,.1f}",
                f"{row.before:,.1f}",
                f"{row.after:,.1f}",
            ]
            for row in self.margins[:_SHOWN]
        ]
        table = text_table(["", "n", "target", "before", "after"], rows)
        more = len(self.margins) - _SHOWN
        tail = [f"... and {more} more values"] if more > 0 else []
        notices = notice_lines(self.warnings)
        lines = [self._headline(), table, *tail, self._cost(), *notices]
        return "\n".join(lines)

    def _headline(self) -> str:
        return (
            f"{self.method}: {self.after.n:,} answers in {len(self.weights):,} cells, "
            f"{self.passes} passes"
        )

    def _cost(self) -> str:
        w = self.after
        ratio = w.largest / w.median
        trimmed = ""
        if self.cap is not None:
            trimmed = f"; before trimming {self.untrimmed.n_effective:,.1f}"
        return (
            f"worth {w.n_effective:,.1f} equal answers (Kish effect {w.kish:.4f}, "
            f"efficiency {w.efficiency:.1%}{trimmed}); weights {w.smallest:.4g} to "
            f"{w.largest:.4g}, the largest {ratio:.2f} times the median"
        )


def _plain(table: pa.Table) -> pa.Table:
    """Undo dictionary encoding, whose chunks may number the same value differently."""
    for place, column in enumerate(table.schema):
        if pa.types.is_dictionary(column.type):
            values = table.column(place).cast(column.type.value_type)
            table = table.set_column(place, column.name, values)
    return table
