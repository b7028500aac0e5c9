"""Rows of text to Arrow columns: blanks become NULL, bad cells reject their row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from cxstats.files.columns import LINE_COLUMN, Column
from cxstats.files.limits import Limits
from cxstats.files.rejections import RejectedRow, Rejections

__all__ = ["CHUNK_ROWS", "Rows", "cell_faults", "in_batches", "to_batch"]

CHUNK_ROWS = 2_000
"""Rows held as Python objects at a time; more make the garbage collector dominate."""

Rows = tuple[list[int], list[Sequence[str]]]
"""Lines of the file, and the cells of each row."""


@dataclass(frozen=True, slots=True)
class CellCheck:
    """What every row is checked for before it becomes Arrow."""

    file: str
    columns: tuple[Column, ...]
    limits: Limits


def to_batch(rows: Rows, columns: Sequence[Column]) -> pa.RecordBatch:
    """Turn rows into a batch of text columns with their lines; "" becomes NULL."""
    lines, cells = rows
    arrays = [pa.array(lines, pa.int64())]
    arrays += [_text(values) for values in zip(*cells, strict=True)]
    names = [LINE_COLUMN, *(column.name for column in columns)]
    return pa.RecordBatch.from_arrays(arrays, names=names)


def _text(values: Sequence[str]) -> pa.Array:
    array = pa.array(values, pa.string())
    blank = pc.equal(pc.utf8_trim_whitespace(array), "")
    if pc.any(blank).as_py():
        return pc.if_else(blank, pa.scalar(None, pa.string()), array)
    return array


def cell_faults(
    rows: Rows, check: CellCheck, rejections: Rejections, *, nul_seen: bool
) -> Rows:
    """Give back the rows without those that have a NUL byte or too long a cell."""
    lines, cells = rows
    limit = check.limits.cell_characters
    longest = max((len(cell) for row in cells for cell in row), default=0)
    if longest <= limit and not nul_seen:
        return rows
    kept: Rows = ([], [])
    for line, row in zip(lines, cells, strict=True):
        fault = _fault(row, check, line)
        if fault is None:
            kept[0].append(line)
            kept[1].append(row)
        else:
            rejections.add(fault)
    return kept


def _fault(row: Sequence[str], check: CellCheck, line: int) -> RejectedRow | None:
    limit = check.limits.cell_characters
    for column, cell in zip(check.columns, row, strict=True):
        if "\0" in cell:
            reason, message = "nul_byte", "the cell has a NUL byte"
        elif len(cell) > limit:
            reason = "cell_too_long"
            message = f"the cell has {len(cell):,} characters; the limit is {limit:,}"
        else:
            continue
        shown = tuple(value[:200] for value in row)
        return RejectedRow(check.file, line, column.name, reason, message, shown)
    return None


def in_batches(
    chunks: Iterable[Rows],
    size: int,
    convert: Callable[[Rows], pa.RecordBatch],
) -> Iterator[pa.RecordBatch]:
    """Join small chunks into batches of at least `size` rows, the last one smaller."""
    waiting: list[pa.RecordBatch] = []
    count = 0
    for chunk in chunks:
        if not chunk[0]:
            continue
        waiting.append(convert(chunk))
        count += len(chunk[0])
        if count >= size:
            yield pa.concat_batches(waiting)
            waiting, count = [], 0
    if waiting:
        yield pa.concat_batches(waiting)
