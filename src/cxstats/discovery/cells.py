"""The joint cells of all axes in memory: every later question without the engine.

When rows times axes are few, one question counts the answers by all axes at once, at
the finest resolution a search uses. Slices, parents, ends of ranges and levelled
groups are then sums over these cells.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from cxstats.discovery.axes import Axis, Ints
from cxstats.discovery.study import Counted, Study
from cxstats.engine import Bins, KeyLike
from cxstats.engine.keys import as_key
from cxstats.errors import InputError
from cxstats.estimates import Floats
from cxstats.filters import And, Compare, Filter, IsNull, Not, Or

__all__ = ["CellStudy", "cells_of"]

Flags = npt.NDArray[np.bool_]
Truth = tuple[Flags, Flags]


@dataclass(frozen=True, eq=False)
class _Numbers:
    """Lowest value of each cell's bin; NaN where there is none."""

    values: Floats

    @property
    def known(self) -> Flags:
        made: Flags = ~np.isnan(self.values)
        return made

    def compare(self, operator: str, value: Any) -> Flags:
        made: Flags = _COMPARE[operator](self.values, float(value))
        return made

    def key(self, key: KeyLike, rows: Ints) -> pa.ChunkedArray:
        if not isinstance(key, Bins):
            raise InputError(f"{as_key(key).column!r} is cut into bins; group by them")
        values = self.values[rows]
        codes = np.searchsorted(np.asarray(key.edges), values, side="right")
        return pa.chunked_array([pa.array(codes, pa.int64(), mask=np.isnan(values))])


@dataclass(frozen=True, eq=False)
class _Words:
    """Position of each cell's value among the words; -1 where there is none."""

    codes: Ints
    words: pa.Array

    @property
    def known(self) -> Flags:
        return self.codes >= 0

    def compare(self, operator: str, value: Any) -> Flags:
        if operator != "=":
            raise InputError(f"texts are equal or not; cannot compare by {operator!r}")
        word = str(value).lower() if isinstance(value, bool) else str(value)
        place = pc.index(self.words, word).as_py()
        made: Flags = (self.codes == place) & self.known
        return made

    def key(self, key: KeyLike, rows: Ints) -> pa.ChunkedArray:
        del key
        codes = self.codes[rows]
        indices = pa.array(codes, pa.int64(), mask=codes < 0)
        return pa.chunked_array([pa.DictionaryArray.from_arrays(indices, self.words)])


_COMPARE: dict[str, Callable[[Floats, float], Flags]] = {
    "=": np.equal,
    ">=": np.greater_equal,
    "<": np.less,
    "<=": np.less_equal,
}


@dataclass(frozen=True, eq=False)
class CellStudy(Study):
    """A study whose answers have been counted by all axes already.

    Parameters
    ----------
    columns
        What each cell holds in each column.
    cells
        Sums per cell.
    """

    columns: Mapping[str, _Numbers | _Words] = field(default_factory=dict)
    cells: Floats = field(default_factory=lambda: np.zeros((0, 3)))

    def histogram(self, keys: Sequence[KeyLike], where: Filter | None) -> Counted:
        """Pick the cells kept; they are not put together."""
        rows = np.arange(len(self.cells))
        if where is not None:
            rows = np.flatnonzero(self._truth(where)[0])
        picked = tuple(self.columns[as_key(key).column].key(key, rows) for key in keys)
        return Counted(picked, self.cells[rows])

    def _truth(self, where: Filter) -> Truth:
        """Where a filter is true and where it is false; a NULL makes it neither."""
        if isinstance(where, Not):
            true, false = self._truth(where.operand)
            return false, true
        if isinstance(where, And | Or):
            parts = [self._truth(item) for item in where.operands]
            every, some = (0, 1) if isinstance(where, And) else (1, 0)
            met: list[Flags] = [np.zeros(0, bool), np.zeros(0, bool)]
            met[every] = reduce(np.logical_and, [part[every] for part in parts])
            met[some] = reduce(np.logical_or, [part[some] for part in parts])
            return met[0], met[1]
        if isinstance(where, IsNull):
            known = self.columns[where.column].known
            return ~known, known
        if isinstance(where, Compare):
            column = self.columns[where.column]
            true = column.compare(where.operator, where.value)
            return true, column.known & ~true
        raise InputError(f"cells cannot tell where {where.to_text()}")


def cells_of(study: Study, axes: Sequence[Axis]) -> CellStudy:
    """Count a study by all axes at once."""
    keys: list[KeyLike] = [
        Bins(axis.column, axis.fine) if axis.kind == "number" else axis.column
        for axis in axes
    ]
    counted = study.counted(keys)
    columns = {
        axis.column: _column(axis, found)
        for axis, found in zip(axes, counted.keys, strict=True)
    }
    return CellStudy(
        engine=study.engine,
        source=study.source,
        score=study.score,
        coding=study.coding,
        measure=study.measure,
        weight=study.weight,
        where=None,
        level=study.level,
        columns=columns,
        cells=counted.sums,
    )


def _column(axis: Axis, found: pa.ChunkedArray) -> _Numbers | _Words:
    if axis.kind == "number":
        codes = np.asarray(pc.fill_null(found, 0).to_numpy(), dtype=np.int64)
        # A bin is the count of edges at or below: 0 also stands for no number here.
        return _Numbers(np.array([np.nan, *axis.fine])[codes])
    text = found if pa.types.is_string(found.type) else found.cast(pa.string())
    words = pa.array(axis.texts, pa.string())
    places = pc.index_in(text, value_set=words)
    codes = np.asarray(pc.fill_null(places, -1).to_numpy(), dtype=np.int64)
    return _Words(codes, words)
