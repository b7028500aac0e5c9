"""Open the files a command names and read the columns it needs."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import dataclass

from cxstats.engine import Source, resolve_column
from cxstats.estimates import Notice
from cxstats.files import FILE_COLUMN, TableFile, open_tables
from cxstats.filters import parse_filter

__all__ = ["OpenedData", "file_notices", "open_data", "open_files"]

_SHOWN_REJECTED = 3


@dataclass(frozen=True, slots=True)
class OpenedData:
    """Rows ready for an engine, the names meant, and what to know about the files."""

    source: Source
    notices: tuple[Notice, ...]


def open_files(options: argparse.Namespace) -> TableFile:
    """Open the files of a command as one table.

    Raises
    ------
    FileError
        If one of them cannot be read.
    """
    return open_tables(
        options.files,
        sheet=options.sheet,
        encoding=options.encoding,
        delimiter=options.delimiter,
    )


def open_data(options: argparse.Namespace, between: str | None = None) -> OpenedData:
    """Read the columns that the options name.

    Raises
    ------
    ColumnNotFoundError
        If a column is not in the files.
    FileError
        If a file cannot be read.
    FilterError
        If the filter cannot be read.
    """
    table = open_files(options)
    names = _columns(options, between)
    known = [column.name for column in table.columns]
    if FILE_COLUMN in table.schema.names:
        known.append(FILE_COLUMN)
    source = table.to_source([resolve_column(name, known) for name in names])
    return OpenedData(source, tuple(file_notices(table)))


def _columns(options: argparse.Namespace, between: str | None) -> list[str]:
    where = parse_filter(options.where).columns() if options.where else ()
    one = (options.score, options.weight, options.strata, options.cluster, between)
    return [name for name in (*one, *options.by, *where) if name]


def file_notices(table: TableFile) -> Iterable[Notice]:
    """Say what the reader must know about how files were read."""
    for note in table.notes:
        yield Notice("file", note)
    rejected = table.rejections
    if rejected.count:
        first = [
            f"{row.file} line {row.line}: {row.message}"
            for row in rejected.rows[:_SHOWN_REJECTED]
        ]
        more = rejected.count - len(first)
        tail = f"; and {more:,} more" if more else ""
        yield Notice(
            "rejected_rows",
            f"{rejected.count:,} rows could not be read and are in no number "
            f"({'; '.join(first)}{tail})",
        )
