"""Score cells: the sufficient statistics of every score metric.

An engine counts rows per distinct raw value (within groups, strata and
clusters); here raw values become scores or reasons of exclusion, on distinct
values only, and nothing is dropped: an excluded cell stays, with its reason.
Cells add up, so partitions, waves and incremental updates merge exactly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from cxstats.aggregates.codings import REASONS, Coding
from cxstats.aggregates.encoding import Ints, encode_rows, rank_values
from cxstats.errors import InputError
from cxstats.estimates import Floats

__all__ = ["ScoreCells"]

_SUMS = ("n", "w", "w2")


@dataclass(frozen=True, eq=False)
class ScoreCells:
    """Counts and weights per group, stratum, cluster, score and reason.

    Parameters
    ----------
    by
        Names of the group columns, as the caller wrote them.
    coding
        How raw values were read; cells add up only under one coding.
    table
        Arrow table with ``by0..``, ``stratum`` and ``cluster`` where the design
        has them, ``score``, ``reason``, ``has_weight`` where weights came from a
        column, ``n``, ``w``, ``w2``.
    is_weighted
        Whether the weights came from a column; without one ``w = w2 = n``.
    """

    by: tuple[str, ...]
    coding: Coding
    table: pa.Table = field(repr=False)
    is_weighted: bool = False

    @classmethod
    def from_histogram(
        cls, histogram: pa.Table, *, by: Sequence[str], coding: Coding
    ) -> ScoreCells:
        """Read the answer of ``Engine.score_histogram``.

        Parameters
        ----------
        histogram
            Columns in this order: the ``by`` columns, ``stratum`` and ``cluster``
            when asked for, ``score`` (raw), ``n``, and with a weight
            ``n_weighted``, ``w``, ``w2``.
        by
            Names of the group columns.
        coding
            How raw values are read.
        """
        names = list(histogram.column_names)
        keys = [f"by{i}" for i in range(len(by))]
        table = _decoded(histogram).rename_columns(keys + names[len(keys) :])
        is_weighted = "w" in table.column_names
        table, is_apart = _with_scores(table, coding)
        table = _split_unweighted(table) if is_weighted else _unit_weights(table)
        table = _without_place(table)
        # A histogram has one row per raw value; where no two of them mean the same,
        # there is nothing to sum, and summing is most of the work.
        cells = table if is_apart and not is_weighted else _summed(table)
        return cls(tuple(by), coding, cells, is_weighted)

    def __add__(self, other: ScoreCells) -> ScoreCells:
        """Merge the cells of two disjoint sets of rows.

        Raises
        ------
        InputError
            If groups, coding, weights or design differ.
        """
        mine = (self.by, self.coding, self.is_weighted, self.has_strata)
        if (other.by, other.coding, other.is_weighted, other.has_strata) != mine or (
            other.has_clusters != self.has_clusters
        ):
            message = (
                "cells add up only with the same groups, scale, missing codes, weight "
                "and design; collect both with the same question"
            )
            raise InputError(message)
        both = pa.concat_tables([self.table, other.table], promote_options="permissive")
        return ScoreCells(self.by, self.coding, _summed(both), self.is_weighted)

    def rollup(self, by: Sequence[str]) -> ScoreCells:
        """Return the cells of fewer groups, summed over the groups left out.

        Raises
        ------
        InputError
            If a column was not among the groups.
        """
        unknown = [name for name in by if name not in self.by]
        if unknown:
            message = f"cannot group by {unknown}: the cells were grouped by {self.by}"
            raise InputError(message)
        keys = [f"by{self.by.index(name)}" for name in by]
        rest = [name for name in self.table.column_names if not name.startswith("by")]
        table = self.table.select([*keys, *rest])
        table = table.rename_columns([*(f"by{i}" for i in range(len(keys))), *rest])
        return ScoreCells(tuple(by), self.coding, _summed(table), self.is_weighted)

    @property
    def has_strata(self) -> bool:
        """Whether cells are split by stratum."""
        return "stratum" in self.table.column_names

    @property
    def has_clusters(self) -> bool:
        """Whether cells are split by cluster."""
        return "cluster" in self.table.column_names

    @cached_property
    def _grouping(self) -> tuple[Ints, tuple[tuple[Any, ...], ...]]:
        return encode_rows(self.table.select([f"by{i}" for i in range(len(self.by))]))

    @property
    def group_index(self) -> Ints:
        """Position in `groups`, per cell."""
        return self._grouping[0]

    @property
    def groups(self) -> tuple[tuple[Any, ...], ...]:
        """Keys of the groups in sorted order, None last; one empty key without by."""
        return self._grouping[1]

    def numbers(self, name: str) -> Floats:
        """Return ``score``, ``n``, ``w`` or ``w2`` per cell as floats."""
        column = self.table.column(name).cast(pa.float64()).combine_chunks()
        return np.asarray(column.to_numpy(zero_copy_only=False), dtype=float)

    @cached_property
    def is_valid(self) -> npt.NDArray[np.bool_]:
        """Whether each cell holds valid answers."""
        return np.asarray(
            pc.equal(self.table.column("reason"), "").to_numpy(), dtype=bool
        )

    @cached_property
    def excluded(self) -> Mapping[str, int]:
        """Rows left out by reason, in the order of `REASONS`."""
        left = self.table.group_by("reason").aggregate([("n", "sum")]).to_pylist()
        counts = {row["reason"]: int(row["n_sum"]) for row in left}
        return {name: counts[name] for name in REASONS if counts.get(name)}

    def values(self, reason: str = "") -> dict[float, int]:
        """Return rows by number among valid answers, or among one reason's rows.

        Values that are not numbers are left out.
        """
        table = self.table.filter(pc.equal(self.table.column("reason"), reason))
        table = table.filter(pc.is_valid(table.column("score")))
        rows = table.group_by("score").aggregate([("n", "sum")]).to_pylist()
        return {row["score"]: row["n_sum"] for row in sorted(rows, key=_by_score)}


def _by_score(row: dict[str, Any]) -> float:
    return float(row["score"])


def _decoded(table: pa.Table) -> pa.Table:
    """Undo dictionary encoding: Arrow cannot group or merge such columns freely."""
    for position, name in enumerate(table.column_names):
        kind = table.schema.field(position).type
        if pa.types.is_dictionary(kind):
            plain = table.column(position).cast(kind.value_type)
            table = table.set_column(position, name, plain)
    return table


def _with_scores(table: pa.Table, coding: Coding) -> tuple[pa.Table, bool]:
    """Replace raw values by scores and reasons, coding each distinct value once.

    Also tell whether every raw value still is apart from all others.
    """
    position = table.column_names.index("score")
    values, index = rank_values(table.column("score"))
    coded = [coding.code(value) for value in values]
    scores = pa.array([number for number, _ in coded], pa.float64())
    reasons = pa.array([reason for _, reason in coded], pa.string())
    take = pa.array(index)
    table = table.set_column(position, "score", scores.take(take))
    table = table.append_column("reason", reasons.take(take))
    return table, len({repr(pair) for pair in coded}) == len(coded)


def _unit_weights(table: pa.Table) -> pa.Table:
    n = table.column("n").cast(pa.float64())
    return table.append_column("w", n).append_column("w2", n)


def _split_unweighted(table: pa.Table) -> pa.Table:
    """Set the rows without a usable weight apart from the rows that have one."""
    without = pc.subtract(table.column("n"), table.column("n_weighted"))
    zeros = pa.array(np.zeros(table.num_rows))
    rest = _replaced(table, {"n": without, "w": zeros, "w2": zeros})
    rest = rest.filter(pc.greater(rest.column("n"), 0))
    rest = _reasoned(rest, pa.array(np.ones(rest.num_rows, dtype=bool)), "no_weight")
    kept = _replaced(table, {"n": table.column("n_weighted")})
    kept = kept.filter(pc.greater(kept.column("n"), 0))
    # Blank rows without a weight were not sampled; blank rows with one were, and their
    # counts must not be put together.
    sides = [
        part.append_column("has_weight", pa.array([known] * part.num_rows, pa.bool_()))
        for part, known in ((kept, True), (rest, False))
    ]
    return pa.concat_tables(sides).drop_columns(["n_weighted"])


def _without_place(table: pa.Table) -> pa.Table:
    """Exclude rows whose place in the design is unknown, and take their weight."""
    for name in ("stratum", "cluster"):
        if name in table.column_names:
            unknown = pc.is_null(table.column(name), nan_is_null=True)
            table = _reasoned(table, unknown, f"no_{name}")
            weights = {
                sums: pc.if_else(unknown, 0.0, table.column(sums))
                for sums in ("w", "w2")
            }
            table = _replaced(table, weights)
    return table


def _reasoned(table: pa.Table, where: Any, reason: str) -> pa.Table:
    """Give valid rows a reason of exclusion; the first reason of a row stays."""
    is_new = pc.and_(where, pc.equal(table.column("reason"), ""))
    named = pc.if_else(is_new, reason, table.column("reason"))
    return _replaced(table, {"reason": named})


def _replaced(table: pa.Table, columns: Mapping[str, Any]) -> pa.Table:
    for name, values in columns.items():
        table = table.set_column(table.column_names.index(name), name, values)
    return table


def _summed(table: pa.Table) -> pa.Table:
    keys = [name for name in table.column_names if name not in _SUMS]
    sums = table.group_by(keys).aggregate([(name, "sum") for name in _SUMS])
    return sums.select([*keys, *(f"{name}_sum" for name in _SUMS)]).rename_columns(
        [*keys, *_SUMS]
    )
