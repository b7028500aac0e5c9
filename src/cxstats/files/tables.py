"""Open the files people have as one table of named columns, streamed with line numbers.

CSV, TSV, `|` and `;` separated text, XLSX, XLS and Parquet; several files are read as
one, united by column name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from cxstats.engine import Source
from cxstats.errors import FileError
from cxstats.files.columns import FILE_COLUMN, LINE_COLUMN, Column
from cxstats.files.delimited import open_delimited
from cxstats.files.details import FileDetails, Reader, ReadOptions
from cxstats.files.kinds import FileKind, recognise
from cxstats.files.limits import Limits
from cxstats.files.origins import Origin, origin_of
from cxstats.files.parquet import open_parquet
from cxstats.files.paths import expand_paths, short_names
from cxstats.files.rejections import Rejections
from cxstats.files.sources import as_engine_source
from cxstats.files.typed import read_arrow, write_parquet
from cxstats.files.workbooks import open_workbook

__all__ = ["TableFile", "open_table", "open_tables"]


class TableFile:
    """One file, or several united by column name, ready to be read any number of times.

    `columns` have unique names; `details` says how each file is read; `rejections`
    holds the rows the running or last reading could not take.
    """

    def __init__(self, readers: Sequence[Reader], limits: Limits) -> None:
        self.readers = tuple(readers)
        self.limits = limits
        self.columns = _united(self.readers)
        self.rejections = Rejections(limits.rejected_rows)

    @property
    def name(self) -> str:
        """Name of the file, or of the first of several and how many there are."""
        first, more = self.details[0].name, len(self.readers) - 1
        return f"{first} and {more} more" if more else first

    @property
    def details(self) -> tuple[FileDetails, ...]:
        """How each file is read."""
        return tuple(reader.details for reader in self.readers)

    @property
    def notes(self) -> tuple[str, ...]:
        """What its reader should know about how the files were read."""
        return tuple(note for details in self.details for note in details.notes)

    @property
    def schema(self) -> pa.Schema:
        """Schema of the batches: the line, the file where several, then the columns."""
        fields = [pa.field(LINE_COLUMN, pa.int64())]
        if len(self.readers) > 1:
            fields.append(pa.field(FILE_COLUMN, pa.string()))
        for column in self.columns:
            kinds = {_type_in(reader, column.name) for reader in self.readers} - {None}
            # Files that disagree about a column are read as text: nothing is lost.
            kind = kinds.pop() if len(kinds) == 1 else pa.string()
            fields.append(pa.field(column.name, kind))
        return pa.schema(fields)

    def batches(self, size: int = 50_000) -> Iterator[pa.RecordBatch]:
        """Stream the rows in batches of about `size`, in the order of the files.

        Text files and sheets give text columns (NULL where blank); Parquet gives its
        own types. The first column, `__line__`, is the line of the file or row of the
        sheet as its user sees it; `__file__` follows where there are several files.

        Raises
        ------
        FileError
            If a byte does not fit the encoding, or too many rows are rejected.
        """
        self.rejections.clear()
        schema = self.schema
        for reader in self.readers:
            for batch in reader.batches(size, self.rejections):
                yield _conform(batch, schema, reader.details.name)

    def to_arrow(self, columns: Sequence[str] | None = None) -> pa.Table:
        """Read all rows of all or some columns into memory, numbers as numbers.

        A column becomes numbers only if every filled cell is one and none would lose
        anything; leading zeros, mixed cells and dates stay the text they are.

        Raises
        ------
        ColumnNotFoundError
            If a column is not in the file.
        FileError
            As `batches`.
        """
        return read_arrow(self, columns)

    def to_parquet(
        self, path: str | Path, columns: Sequence[str] | None = None
    ) -> Path:
        """Write what `to_arrow` would give as Parquet, in bounded memory.

        Raises
        ------
        ColumnNotFoundError
            If a column is not in the file.
        FileError
            As `batches`.
        """
        return write_parquet(self, path, columns)

    def to_source(self, columns: Sequence[str] | None = None) -> Source:
        """Give all or some columns as a source that every engine takes.

        Parquet files are named as they lie; a large file is converted to Parquet in a
        temporary folder that lives as long as the process; a small one stays in memory.

        Raises
        ------
        ColumnNotFoundError
            If a column is not in the file.
        FileError
            As `batches`.
        """
        return as_engine_source(self, columns)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Let anything that speaks Arrow take the file: pandas, polars, an engine."""
        return self.to_arrow().__arrow_c_stream__(requested_schema)

    def head(self, rows: int = 20) -> pa.RecordBatch:
        """Give the first rows, for a preview.

        Raises
        ------
        FileError
            As `batches`.
        """
        for batch in self.batches(rows):
            return batch.slice(0, rows)
        return pa.RecordBatch.from_pylist([], schema=self.schema)


def _type_in(reader: Reader, name: str) -> pa.DataType | None:
    for column, kind in zip(reader.columns, reader.types, strict=True):
        if column.name.casefold() == name.casefold():
            return kind
    return None


def _united(readers: Sequence[Reader]) -> tuple[Column, ...]:
    columns: dict[str, Column] = {}
    for reader in readers:
        for column in reader.columns:
            united = Column(column.name, column.original, len(columns) + 1)
            columns.setdefault(column.name.casefold(), united)
    return tuple(columns.values())


def _conform(batch: pa.RecordBatch, schema: pa.Schema, file: str) -> pa.RecordBatch:
    places = {name.casefold(): place for place, name in enumerate(batch.schema.names)}
    arrays = []
    for field in schema:
        place = places.get(field.name.casefold())
        if field.name == FILE_COLUMN:
            arrays.append(pa.array([file] * batch.num_rows, pa.string()))
        elif place is None:
            arrays.append(pa.nulls(batch.num_rows, field.type))
        else:
            arrays.append(batch.column(place).cast(field.type))
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def open_table(  # noqa: PLR0913 - what a person may have to say about one file
    data: str | Path | Any,
    *,
    name: str | None = None,
    sheet: str | int | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    header: int | None = None,
    limits: Limits | None = None,
) -> TableFile:
    """Open one file as a table.

    Parameters
    ----------
    data
        A path, or an open binary file with `read`, `seek` and `tell` (left open).
    name
        The name people know the file by; by default its own.
    sheet
        Sheet of a workbook, by name or number from 1; by default the first with rows.
    encoding
        Encoding of a text file; by default it is told from the bytes.
    delimiter
        The character between cells, or `tab`, `space`...; by default it is told.
    header
        Line of the header row; 0 where there is none; by default the first row that is
        not blank, titles passed over.
    limits
        Bounds on what is accepted.

    Raises
    ------
    FileError
        If the file cannot be read as a table; `code` names the reason.
    """
    bounds = limits or Limits()
    options = ReadOptions(sheet, encoding, delimiter, header, bounds)
    table = TableFile([_reader(origin_of(data, name, bounds), options)], bounds)
    _require_rows(table)
    return table


def open_tables(
    paths: str | Path | Sequence[str | Path],
    *,
    sheet: str | int | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    limits: Limits | None = None,
) -> TableFile:
    """Open the files of a path, a glob or a list of either as one table.

    Columns are united by name; a file without a column gives NULL there; the column
    `__file__` tells each row's file.

    Raises
    ------
    FileError
        If no file matches, or one of them cannot be read.
    """
    found = expand_paths(paths)
    readers = [
        open_table(
            path,
            name=name,
            sheet=sheet,
            encoding=encoding,
            delimiter=delimiter,
            limits=limits,
        ).readers[0]
        for path, name in zip(found, short_names(found), strict=True)
    ]
    return TableFile(readers, limits or Limits())


def _reader(origin: Origin, options: ReadOptions) -> Reader:
    kind, notes = recognise(origin)
    if kind is FileKind.PARQUET:
        return open_parquet(origin, options, notes)
    if kind is FileKind.TEXT:
        return open_delimited(origin, options, notes)
    return open_workbook(origin, kind, options, notes)


def _require_rows(table: TableFile) -> None:
    empty = table.head(1).num_rows == 0 and table.rejections.count == 0
    table.rejections.clear()
    if empty:
        raise FileError(
            f"{table.name} has a header but no rows; export it again", code="no_rows"
        )
