"""Distinct combinations of ratings with their counts: rows, as far as they differ."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from cxstats.aggregates.codings import to_number
from cxstats.drivers.moments import SecondMoments
from cxstats.drivers.question import DriverQuestion
from cxstats.estimates import Floats

__all__ = ["DriverCells", "numbers_of"]

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class DriverCells:
    """Rows with equal drivers, outcome and cluster, counted together.

    Parameters
    ----------
    names
        Columns, the outcome last.
    matrix
        One row per cell, one column per name.
    n, weight, weight2
        Rows, sum of weights and of their squares, per cell.
    cluster
        Number of each cell's cluster; None without clusters.
    """

    names: tuple[str, ...]
    matrix: Floats = field(repr=False)
    n: Floats = field(repr=False)
    weight: Floats = field(repr=False)
    weight2: Floats = field(repr=False)
    cluster: Ints | None = field(repr=False, default=None)

    @classmethod
    def from_histogram(cls, table: pa.Table, question: DriverQuestion) -> DriverCells:
        """Read a score histogram by the drivers (``by0``, ``by1``, ...)."""
        drivers = [f"by{at}" for at in range(len(question.drivers))]
        columns = [numbers_of(table[name]) for name in (*drivers, "score")]
        n = numbers_of(table["n"])
        weight, weight2 = n, n
        if question.weight is not None:
            n, weight, weight2 = (
                numbers_of(table[name]) for name in ("n_weighted", "w", "w2")
            )
        values = np.column_stack(columns)
        known = (weight > 0) & np.isfinite(values).all(axis=1)
        # Cells come in any order; a fixed one makes random draws repeatable.
        order = np.lexsort((n, weight, *values.T))
        keep = order[known[order]]
        values = values[keep]
        values[:, -1] = question.read(values[:, -1], weight[keep])
        cluster = None
        if question.cluster is not None:
            labels = table["cluster"].combine_chunks().dictionary_encode()
            cluster = np.asarray(labels.indices.to_numpy(), dtype=np.int64)[keep]
        return cls(
            (*question.drivers, question.outcome),
            values,
            n[keep],
            weight[keep],
            weight2[keep],
            cluster,
        )

    def moments(self) -> SecondMoments:
        """Sum the cells."""
        with np.errstate(over="ignore", invalid="ignore"):
            weighted = self.matrix * self.weight[:, None]
            products = weighted.T @ self.matrix
        return SecondMoments(
            self.names,
            int(self.n.sum()),
            float(self.weight.sum()),
            float(self.weight2.sum()),
            weighted.sum(axis=0),
            products,
        )


def numbers_of(column: pa.ChunkedArray) -> Floats:
    """Read a column of the engine's answer as doubles; NaN where it is no number."""
    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return np.asarray(
            column.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=float
        )
    read = [to_number(value) for value in column.to_pylist()]
    return np.array([np.nan if x is None else x for x in read], dtype=float)
