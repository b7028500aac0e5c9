"""Hand a file to an engine: as it lies, in memory, or converted to Parquet."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from cxstats.engine import ArrowData, ParquetFiles, Source
from cxstats.files.columns import FILE_COLUMN, Column
from cxstats.files.details import FileDetails
from cxstats.files.typed import Streamed, read_arrow, wanted_columns, write_parquet

__all__ = ["as_engine_source"]

_LARGE = 200 << 20
"""Bytes of files from which on their rows are not held in memory."""


class OpenedFiles(Streamed, Protocol):
    """Files opened as one table."""

    @property
    def details(self) -> tuple[FileDetails, ...]:
        """How each file is read."""
        ...

    columns: tuple[Column, ...]


def as_engine_source(
    table: OpenedFiles, columns: Sequence[str] | None = None
) -> Source:
    """Give the columns wanted of opened files as a source."""
    names = wanted_columns(table, columns)
    paths = _parquet_paths(table)
    if paths and not (columns and FILE_COLUMN in names):
        return ParquetFiles(paths)
    if sum(details.size for details in table.details) < _LARGE:
        return ArrowData(read_arrow(table, columns))
    path = Path(_folder().name) / f"{uuid4().hex}.parquet"
    return ParquetFiles((str(write_parquet(table, path, columns)),))


def _parquet_paths(table: OpenedFiles) -> tuple[str, ...]:
    """Paths of the files if an engine may read all of them itself, else none."""
    renamed = any(column.name != column.original.strip() for column in table.columns)
    paths = [
        str(details.path)
        for details in table.details
        if details.kind == "parquet" and details.path is not None
    ]
    if renamed or len(paths) < len(table.details):
        return ()
    return tuple(paths)


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """Make the folder of converted files; it is removed when the process ends."""
    return tempfile.TemporaryDirectory(prefix="cxstats-")
