"""What was found out about a file while opening it, for the page that shows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from cxstats.files.columns import Column
from cxstats.files.limits import Limits
from cxstats.files.rejections import Rejections

__all__ = ["FileDetails", "ReadOptions", "Reader"]


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the caller said about a file; None where it is to be found out."""

    sheet: str | int | None
    encoding: str | None
    delimiter: str | None
    header: int | None
    limits: Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDetails:
    """How one file is read.

    `kind` is csv, tsv, text, xlsx, xls or parquet; `encoding` and `delimiter` are None
    where the kind has none; `header_line` is None where there is no header row; `path`
    is None for an upload.
    """

    name: str
    kind: str
    size: int
    path: Path | None = None
    encoding: str | None = None
    encoding_told_by: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    header_line: int | None = None
    notes: tuple[str, ...] = ()


class Reader(Protocol):
    """Reads one file of one kind, as often as asked."""

    @property
    def details(self) -> FileDetails:
        """How the file is read."""
        ...

    @property
    def columns(self) -> tuple[Column, ...]:
        """Columns in the order of the file."""
        ...

    @property
    def types(self) -> tuple[pa.DataType, ...]:
        """Type of each column in the batches; text for every kind but Parquet."""
        ...

    def batches(self, size: int, rejections: Rejections) -> Iterator[pa.RecordBatch]:
        """Stream the rows in batches of about `size`, from the first, lines first."""
        ...
