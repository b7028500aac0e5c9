"""A column as an axis of the search: its codes, and the runs of codes to try."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from cxstats.discovery.conditions import Condition
from cxstats.engine import Bins, KeyLike
from cxstats.estimates import Floats

__all__ = ["Axis", "Ints", "Run", "ordered_runs", "quantile_edges"]

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Axis:
    """One column: codes 0.. for its values or bins, then one for others, one for none.

    Parameters
    ----------
    column
        Name of the column.
    kind
        ``number`` (ordered), ``text`` or ``truth``.
    values
        Per code the value, or the lowest value of the bin.
    is_exact
        Whether every code is one value, not a bin of several.
    is_whole
        Whether all values are whole numbers.
    runs
        Shape (runs, 2): first and last code of every run of codes to try.
    fine
        Ordered columns: lowest values of finer bins, among which the ends of a run
        that was found are sharpened.
    """

    column: str
    kind: Literal["number", "text", "truth"]
    values: tuple[Any, ...]
    is_exact: bool
    is_whole: bool
    runs: Ints
    fine: tuple[float, ...] = ()

    @property
    def size(self) -> int:
        """Codes of values, without the last two: other values, no value."""
        return len(self.values)

    @property
    def key(self) -> KeyLike:
        """What the engine groups by."""
        if self.kind == "number":
            return Bins(self.column, tuple(map(float, self.values)))
        return self.column

    def codes(self, column: pa.ChunkedArray) -> Ints:
        """Turn the engine's keys of this axis into codes."""
        if pa.types.is_dictionary(column.type):
            whole = column.combine_chunks()
            whole = whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole
            words = self.codes(pa.chunked_array([whole.dictionary]))
            places = pc.fill_null(whole.indices, len(words))
            codes: Ints = np.append(words, self.size + 1)[places.to_numpy()]
            return codes
        if self.kind == "number" and pa.types.is_integer(column.type):
            bins = np.asarray(pc.fill_null(column, self.size + 2).to_numpy())
            return np.clip(bins.astype(np.int64) - 1, 0, None)
        text = column if pa.types.is_string(column.type) else column.cast(pa.string())
        found = pc.index_in(text, value_set=pa.array(self.texts, pa.string()))
        filled = pc.if_else(
            pc.is_null(text), self.size + 1, pc.fill_null(found, self.size)
        )
        return np.asarray(filled.to_numpy(), dtype=np.int64)

    @property
    def texts(self) -> list[str]:
        """How the engine writes the key of each code."""
        if self.kind == "number":
            # A bin is the count of edges at or below a value: 1 from the first edge.
            return [str(code + 1) for code in range(self.size)]
        if self.kind == "truth":
            return ["true" if value else "false" for value in self.values]
        return list(self.values)


@dataclass(frozen=True)
class Run:
    """Codes ``first`` to ``last`` of an axis: one condition of a slice."""

    axis: Axis
    first: int
    last: int

    @property
    def is_range(self) -> bool:
        """Whether the ends of the run can be sharpened."""
        return self.axis.kind == "number" and (
            self.first < self.last or not self.axis.is_exact
        )

    def condition(self) -> Condition:
        """Put the run into words that a filter can hold."""
        axis = self.axis
        if axis.kind != "number":
            return Condition.equal(axis.column, axis.values[self.first])
        low, past = axis.values[self.first], self.last + 1
        if self.first == self.last and axis.is_exact:
            return Condition.equal(axis.column, _plain(low, whole=axis.is_whole))
        high = None if past >= axis.size else axis.values[past]
        return Condition.between(
            axis.column, None if self.first == 0 else low, high, whole=axis.is_whole
        )


def _plain(value: float, *, whole: bool) -> float | int:
    return int(value) if whole else float(value)


def quantile_edges(values: Floats, counts: Floats, bins: int) -> Floats:
    """Return the lowest value of each of about ``bins`` bins of like mass.

    Parameters
    ----------
    values, counts
        Distinct values in rising order, and how often each occurs.
    bins
        Most bins; a value that is more frequent than a bin has one of its own.
    """
    if len(values) <= bins:
        return values
    before = np.concatenate([[0.0], np.cumsum(counts)[:-1]]) / counts.sum()
    wanted = np.arange(1, bins) / bins
    # A bin begins at the first value below which at least its share of rows lies.
    starts = np.searchsorted(before, wanted - 1e-12)
    places = np.unique(np.concatenate([[0], starts[starts < len(values)]]))
    edges: Floats = values[places]
    return edges


def ordered_runs(counts: Floats, groups: int) -> Ints:
    """Return the runs to try on an ordered axis: single codes, and runs of groups.

    Parameters
    ----------
    counts
        Rows per code.
    groups
        Neighbouring codes are put into about so many groups of like mass; every run
        of groups is tried, except all of them.
    """
    size = len(counts)
    starts = np.arange(size, dtype=float)
    marks = quantile_edges(starts, counts, groups).astype(np.int64)
    ends = np.concatenate([marks, [size]])
    first, last = np.triu_indices(len(marks))
    runs = np.stack([ends[first], ends[last + 1] - 1], axis=1)
    single = np.repeat(np.arange(size, dtype=np.int64)[:, None], 2, axis=1)
    every = np.unique(np.concatenate([runs, single]), axis=0)
    made: Ints = every[(every[:, 1] - every[:, 0]) < size - 1]
    return made
