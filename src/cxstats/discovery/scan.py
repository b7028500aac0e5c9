"""Tables of sums by the codes of one axis and of every two, from few questions.

Rows are counted once by many axes together, and the tables of pairs are added up
here: for few rows by all axes, for more by a block of axes at a time, so that no
answer grows beyond what memory holds. Of very many rows the engine is asked for slices
of two keys.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from cxstats.discovery.axes import Axis, Ints
from cxstats.discovery.study import Counted, Study
from cxstats.estimates import Floats
from cxstats.filters import Filter

__all__ = ["CodeTable", "code_tables", "is_counted", "is_joint"]

JOINT_CELLS = 4_000_000
"""Up to so many keys (rows times axes) are searched in memory."""

BLOCK_CELLS = 40_000_000
"""Keys of one answer that counts rows by a block of axes."""

LEAST_BLOCK = 8
"""With fewer axes to a block, slices of two keys are asked for instead."""

BLOCK_ROWS = 2_000_000
"""Rows that one answer of slices may have, as far as can be foreseen."""

_LEVELS = 12

_SCORES = 11


@dataclass(frozen=True, eq=False)
class CodeTable:
    """Sums by the codes of one axis, or of two; the last codes are others and none.

    ``second`` is -1 for one axis. ``sums`` has the shape (codes, sums) or (codes,
    codes of the other, sums).
    """

    first: int
    second: int
    sums: Floats


def is_joint(rows: float, axes: Sequence[Axis]) -> bool:
    """Whether so many rows are counted by all axes together."""
    return rows * len(axes) <= JOINT_CELLS


def is_counted(rows: float, axes: Sequence[Axis]) -> bool:
    """Whether so many rows are counted by blocks of axes, not asked for as slices."""
    return bool(BLOCK_CELLS // max(rows, 1) >= min(LEAST_BLOCK, len(axes)))


def code_tables(
    study: Study, axes: Sequence[Axis], order: int, rows: float, where: Filter | None
) -> Iterator[CodeTable]:
    """Yield the table of every axis, then for ``order`` 2 of every two axes.

    Parameters
    ----------
    study, axes
        What is counted, by which axes.
    order
        1 or 2.
    rows
        About how many rows there are, to choose the way.
    where
        Rows to count.
    """
    size = int(BLOCK_CELLS // max(rows, 1))
    if not is_counted(rows, axes):
        yield from _singles(study, axes, where)
        if order > 1:
            yield from _pairs(study, axes, where)
        return
    done: set[tuple[int, int]] = set()
    for block in _unions(len(axes), size):
        counted = _coded(study, [axes[at] for at in block], where)
        for table in _joint(counted, order):
            second = -1 if table.second < 0 else block[table.second]
            pair = (block[table.first], second)
            if pair not in done:
                done.add(pair)
                yield CodeTable(*pair, table.sums())


@dataclass(frozen=True, eq=False)
class _Cells:
    """Cells by a block of axes: their codes, and their answers by coded value.

    With few coded values, one count by code and value gives all sums of a table.
    """

    codes: list[npt.NDArray[np.int32]]
    sizes: list[int]
    sums: Floats
    levels: Floats
    level: npt.NDArray[np.int32]

    def table(self, first: int, second: int) -> Floats:
        """Sum by the codes of an axis, or of two."""
        shape = [self.sizes[first]]
        places = self.codes[first]
        if second >= 0:
            shape.append(self.sizes[second])
            places = places * np.int32(self.sizes[second]) + self.codes[second]
        size = int(np.prod(shape))
        if not len(self.levels):
            return _added(places, size, self.sums).reshape(*shape, -1)
        count = len(self.levels)
        places = places * np.int32(count) + self.level
        n = np.bincount(places, self.sums[:, 0], size * count)
        powers = np.stack([self.levels**power for power in range(3)], axis=1)
        made: Floats = (n.reshape(size, count) @ powers).reshape(*shape, -1)
        return made


@dataclass(frozen=True, eq=False)
class _Wanted:
    """A table of a block, added up only when it is used."""

    cells: _Cells
    first: int
    second: int

    def sums(self) -> Floats:
        return self.cells.table(self.first, self.second)


def _coded(study: Study, axes: Sequence[Axis], where: Filter | None) -> _Cells:
    counted = study.counted([axis.key for axis in axes], where)
    codes = [
        axis.codes(column).astype(np.int32)
        for axis, column in zip(axes, counted.keys, strict=True)
    ]
    levels, level = np.zeros(0), np.zeros(0, dtype=np.int32)
    if study.weight is None and len(counted.sums):
        found = (counted.sums[:, 1] / counted.sums[:, 0]).round(12)
        levels, index = np.unique(found, return_inverse=True)
        level = index.astype(np.int32)
    if len(levels) > _LEVELS:
        levels = levels[:0]
    sizes = [axis.size + 2 for axis in axes]
    return _Cells(codes, sizes, counted.sums, levels, level)


def _joint(cells: _Cells, order: int) -> Iterator[_Wanted]:
    for at in range(len(cells.codes)):
        yield _Wanted(cells, at, -1)
    if order > 1:
        for a, b in combinations(range(len(cells.codes)), 2):
            yield _Wanted(cells, a, b)


def _unions(count: int, size: int) -> Iterator[list[int]]:
    """Put axes into groups so that every two meet in a block of at most ``size``."""
    if size >= count:
        yield list(range(count))
        return
    groups = -(-count // (size // 2))
    parts = [list(map(int, part)) for part in np.array_split(np.arange(count), groups)]
    for one, other in combinations(parts, 2):
        yield one + other


def _added(places: npt.NDArray[Any], size: int, sums: Floats) -> Floats:
    columns = [np.bincount(places, weights=column, minlength=size) for column in sums.T]
    return np.stack(columns, axis=-1)


def _singles(
    study: Study, axes: Sequence[Axis], where: Filter | None
) -> Iterator[CodeTable]:
    counted = study.slices([axis.key for axis in axes], 1, where)
    sizes = np.array([axis.size + 2 for axis in axes])
    starts = np.concatenate([[0], np.cumsum(sizes)])
    key, code = _codes(counted, 0, axes)
    flat = _added(starts[key] + code, int(starts[-1]), counted.sums)
    for at in range(len(axes)):
        yield CodeTable(at, -1, flat[starts[at] : starts[at + 1]])


def _pairs(
    study: Study, axes: Sequence[Axis], where: Filter | None
) -> Iterator[CodeTable]:
    done: set[tuple[int, int]] = set()
    for block in _blocks(axes):
        chosen = [axes[at] for at in block]
        counted = study.slices([axis.key for axis in chosen], 2, where)
        for table in _block_tables(counted, chosen):
            pair = (block[table.first], block[table.second])
            if pair not in done:
                done.add(pair)
                yield CodeTable(*pair, table.sums)


def _block_tables(counted: Counted, axes: Sequence[Axis]) -> Iterator[CodeTable]:
    sizes = np.array([axis.size + 2 for axis in axes])
    pairs = list(combinations(range(len(axes)), 2))
    starts = np.concatenate([[0], np.cumsum([sizes[a] * sizes[b] for a, b in pairs])])
    place = np.zeros((len(axes), len(axes)), dtype=np.int64)
    for at, (a, b) in enumerate(pairs):
        place[a, b] = starts[at]
    first, code = _codes(counted, 0, axes)
    second, other = _codes(counted, 2, axes)
    at = place[first, second] + code * sizes[second] + other
    flat = _added(at, int(starts[-1]), counted.sums)
    for (a, b), start, end in zip(pairs, starts[:-1], starts[1:], strict=True):
        yield CodeTable(a, b, flat[start:end].reshape(sizes[a], sizes[b], -1))


def _codes(counted: Counted, at: int, axes: Sequence[Axis]) -> tuple[Ints, Ints]:
    """Axis and code per cell; each distinct text is looked up once per axis."""
    key = np.asarray(counted.keys[at].to_numpy(), dtype=np.int64)
    texts = counted.keys[at + 1].combine_chunks()
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    encoded = texts.cast(pa.string()).dictionary_encode(null_encoding="encode")
    words = pa.chunked_array([encoded.dictionary])
    lookup = np.stack([axis.codes(words) for axis in axes])
    places = np.asarray(encoded.indices.to_numpy(zero_copy_only=False), dtype=np.int64)
    return key, lookup[key, places]


def _blocks(axes: Sequence[Axis]) -> Iterator[list[int]]:
    """Put axes into groups so that two groups together stay below the limit."""
    sizes = np.array([axis.size + 1 for axis in axes])
    for groups in range(1, len(axes) + 1):
        parts = [list(part) for part in np.array_split(np.arange(len(axes)), groups)]
        unions = [sorted(map(int, a + b)) for a, b in combinations(parts, 2)]
        unions = unions or [list(range(len(axes)))]
        largest = max(_answer_rows(sizes[union]) for union in unions)
        if largest <= BLOCK_ROWS or groups >= len(axes):
            yield from unions
            return


def _answer_rows(sizes: Ints) -> float:
    total = float(sizes.sum())
    return (total**2 - float((sizes.astype(float) ** 2).sum())) / 2 * _SCORES
