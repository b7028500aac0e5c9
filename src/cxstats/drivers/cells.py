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
        sums = ("n", "n", "n")
        if question.weight is not None:
            sums = ("n_weighted", "w", "w2")
        totals = np.column_stack([numbers_of(table[name]) for name in sums])
        clusters = np.zeros(len(totals), dtype=np.int64)
        if question.cluster is not None:
            # Numbered by label: engines give rows in any order.
            labels = [str(label) for label in table["cluster"].to_pylist()]
            clusters = np.unique(labels, return_inverse=True)[1].astype(np.int64)
        matrix = np.column_stack(columns)
        known = (totals[:, 1] > 0) & np.isfinite(matrix).all(axis=1)
        matrix, totals, clusters = matrix[known], totals[known], clusters[known]
        matrix[:, -1] = question.read(matrix[:, -1], totals[:, 1])
        matrix, totals, clusters = _merged(matrix, totals, clusters)
        n, weight, weight2 = totals.T
        cluster = None if question.cluster is None else clusters
        names = (*question.drivers, question.outcome)
        return cls(names, matrix, n, weight, weight2, cluster)

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


def _merged(
    matrix: Floats, totals: Floats, clusters: Ints
) -> tuple[Floats, Floats, Ints]:
    """Sort the cells and add up equal ones.

    Equal outcomes may have come from different answers, such as the 9s and 10s of
    promoters. A fixed order makes random draws repeatable.
    """
    if not len(matrix):
        return matrix, totals, clusters
    order = np.lexsort((*matrix.T, clusters))
    matrix, totals, clusters = matrix[order], totals[order], clusters[order]
    new = (np.diff(matrix, axis=0) != 0).any(axis=1) | (np.diff(clusters) != 0)
    starts = np.flatnonzero(np.concatenate([[True], new]))
    return matrix[starts], np.add.reduceat(totals, starts), clusters[starts]


def numbers_of(column: pa.ChunkedArray) -> Floats:
    """Read a column of the engine's answer as doubles; NaN where it is no number."""
    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return np.asarray(
            column.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=float
        )
    read = [to_number(value) for value in column.to_pylist()]
    return np.array([np.nan if x is None else x for x in read], dtype=float)
