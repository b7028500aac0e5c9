"""Parquet files, read group by group with the types they have."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from cxstats.errors import FileError
from cxstats.files.columns import LINE_COLUMN, name_columns
from cxstats.files.details import FileDetails, ReadOptions
from cxstats.files.limits import Limits
from cxstats.files.origins import Origin
from cxstats.files.rejections import Rejections

__all__ = ["ParquetReader", "open_parquet"]


class ParquetReader:
    """Reads one Parquet file; a row's line is its number from 1."""

    def __init__(
        self, origin: Origin, schema: pa.Schema, details: FileDetails, limits: Limits
    ) -> None:
        self._origin = origin
        self.columns = name_columns(schema.names, limits, origin.name)
        self.types = tuple(_plain(field.type) for field in schema)
        self.details = details

    def batches(self, size: int, rejections: Rejections) -> Iterator[pa.RecordBatch]:
        """Stream the rows; none is ever rejected, because types were settled before."""
        del rejections
        names = [LINE_COLUMN, *(column.name for column in self.columns)]
        line = 1
        with self._origin.open() as stream:
            try:
                for batch in pq.ParquetFile(stream).iter_batches(batch_size=size):
                    lines = pa.array(range(line, line + batch.num_rows), pa.int64())
                    line += batch.num_rows
                    arrays = [
                        _to_plain(array, kind)
                        for array, kind in zip(batch.columns, self.types, strict=True)
                    ]
                    yield pa.RecordBatch.from_arrays([lines, *arrays], names=names)
            except (pa.ArrowException, OSError) as error:
                raise _unreadable(self._origin.name, error) from error


def open_parquet(
    origin: Origin, options: ReadOptions, notes: tuple[str, ...]
) -> ParquetReader:
    """Open a Parquet file.

    Raises
    ------
    FileError
        If it was cut off or is damaged, has no rows or too many columns.
    """
    try:
        with origin.open() as stream:
            file = pq.ParquetFile(stream)
            schema, rows = file.schema_arrow, file.metadata.num_rows
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(origin.name, error) from error
    if rows == 0 or not schema.names:
        raise FileError(
            f"{origin.name} has a header but no rows; export it again", code="no_rows"
        )
    details = FileDetails(
        name=origin.name,
        kind="parquet",
        size=origin.size(),
        path=origin.path,
        notes=notes,
    )
    return ParquetReader(origin, schema, details, options.limits)


def _unreadable(name: str, error: Exception) -> FileError:
    first = str(error).splitlines()[0] if str(error) else type(error).__name__
    return FileError(
        f"{name} is not a whole Parquet file ({first}); it was probably cut off: copy "
        "or export it again",
        code="truncated",
    )


def _plain(kind: pa.DataType) -> pa.DataType:
    """Type a column is given in the batches: one that every later step understands."""
    if pa.types.is_dictionary(kind):
        return _plain(kind.value_type)
    known = (
        pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_boolean(kind)
        or pa.types.is_date(kind)
        or pa.types.is_timestamp(kind)
    )
    if known:
        return kind
    return pa.float64() if pa.types.is_decimal(kind) else pa.string()


def _to_plain(array: pa.Array, kind: pa.DataType) -> pa.Array:
    if array.type == kind:
        return array
    if pa.types.is_nested(array.type) or pa.types.is_binary(array.type):
        return pa.array([_shown(value) for value in array.to_pylist()], pa.string())
    return array.cast(kind)


def _shown(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return json.dumps(value, ensure_ascii=False, default=str)
