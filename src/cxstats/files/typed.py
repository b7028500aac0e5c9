"""Give a file's columns the types they have as a whole, in memory or as Parquet.

A column becomes numbers only if every filled cell is one and none would lose anything:
no leading zero (00123 is a name), no more digits than the type holds. Anything else
stays the text it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cxstats.errors import ColumnNotFoundError
from cxstats.files.columns import FILE_COLUMN, LINE_COLUMN
from cxstats.files.tallies import NUMBER, PADDED

__all__ = ["Streamed", "read_arrow", "wanted_columns", "write_parquet"]

_WHOLE = r"^\s*[+-]?\d+\s*$"
_TOO_LONG = r"\d{19,}"
_INEXACT = r"^\s*[+-]?\d{16,}\s*$"


class Streamed(Protocol):
    """Anything that gives its rows in batches of one schema, as often as asked."""

    @property
    def schema(self) -> pa.Schema:
        """Schema of the batches, the line first."""
        ...

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Stream the rows."""
        ...


class _TypeOf:
    """Narrows the type of one text column while its batches go by."""

    def __init__(self) -> None:
        self.is_number = True
        self.is_whole = True
        self.fits_double = True
        self.filled = False

    def add(self, array: pa.Array) -> None:
        values = array.drop_null()
        if not self.is_number or not len(values):
            return
        self.filled = True
        wrong = _any(values, PADDED) or _any(values, _TOO_LONG)
        if wrong or not _all(values, NUMBER):
            self.is_number = False
            return
        self.is_whole = self.is_whole and _all(values, _WHOLE)
        self.fits_double = self.fits_double and not _any(values, _INEXACT)

    @property
    def type(self) -> pa.DataType:
        if not (self.is_number and self.filled):
            return pa.string()
        if self.is_whole:
            return pa.int64()
        return pa.float64() if self.fits_double else pa.string()


def _any(values: pa.Array, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(values, pattern)).as_py())


def _all(values: pa.Array, pattern: str) -> bool:
    return bool(pc.all(pc.match_substring_regex(values, pattern)).as_py())


def read_arrow(table: Streamed, columns: Sequence[str] | None = None) -> pa.Table:
    """Read a file, or some of its columns, into a typed Arrow table.

    Parameters
    ----------
    table
        The opened file.
    columns
        Names of the columns wanted, spaces around them ignored; all by default.

    Raises
    ------
    ColumnNotFoundError
        If a column is not in the file.
    FileError
        If the file turns out to be unreadable on the way.
    """
    names = wanted_columns(table, columns)
    # The text is kept and cast once its type is known: one reading instead of two.
    batches = [batch.select(names) for batch in table.batches()]
    schema = pa.schema([table.schema.field(name) for name in names])
    whole = pa.Table.from_batches(batches, schema=schema)
    types = _types(schema, iter(batches))
    return pa.table(
        {name: _cast(whole.column(name), types[name]) for name in names},
        schema=pa.schema(types.items()),
    )


def write_parquet(
    table: Streamed, path: str | Path, columns: Sequence[str] | None = None
) -> Path:
    """Write a file, or some of its columns, as typed Parquet in bounded memory.

    The file is read twice: first for the types, then for the rows.

    Raises
    ------
    ColumnNotFoundError
        If a column is not in the file.
    FileError
        If the file turns out to be unreadable on the way.
    """
    names = wanted_columns(table, columns)
    schema = pa.schema([table.schema.field(name) for name in names])
    types = _types(schema, (batch.select(names) for batch in table.batches()))
    typed = pa.schema(types.items())
    with pq.ParquetWriter(path, typed, compression="zstd") as writer:
        for batch in table.batches():
            arrays = [_cast(batch.column(name), types[name]) for name in names]
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=typed))
    return Path(path)


def wanted_columns(table: Streamed, columns: Sequence[str] | None) -> list[str]:
    """Give the stored names of the columns wanted; all but the line by default.

    Raises
    ------
    ColumnNotFoundError
        If a column is not in the file.
    """
    schema = table.schema
    names = [name for name in schema.names if name not in {LINE_COLUMN, FILE_COLUMN}]
    names += [name for name in schema.names if name == FILE_COLUMN]
    if columns is None:
        return names
    by_key = {name.strip(): name for name in names}
    for column in columns:
        if column.strip() not in by_key:
            raise ColumnNotFoundError(column, names)
    return list(dict.fromkeys(by_key[column.strip()] for column in columns))


def _types(
    schema: pa.Schema, batches: Iterator[pa.RecordBatch]
) -> dict[str, pa.DataType]:
    narrowing = {
        field.name: _TypeOf() for field in schema if pa.types.is_string(field.type)
    }
    for batch in batches:
        for name, narrowed in narrowing.items():
            narrowed.add(batch.column(name))
    return {
        field.name: narrowing[field.name].type
        if field.name in narrowing
        else field.type
        for field in schema
    }


def _cast(
    values: pa.Array | pa.ChunkedArray, kind: pa.DataType
) -> pa.Array | pa.ChunkedArray:
    if values.type == kind:
        return values
    trimmed = pc.utf8_trim_whitespace(values)
    return pc.replace_substring_regex(trimmed, r"^\+", "").cast(kind)
