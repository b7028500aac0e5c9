"""Opening uploaded files as tables; the one place that calls the file readers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from cxstats.errors import FileError
from cxstats.files import LINE_COLUMN, RejectedRow, TableFile, open_table
from zhiyin.listen.customers.queries import Withheld, withheld_among
from zhiyin.listen.imports.models import ImportFile
from zhiyin.listen.imports.models.mappings import plain
from zhiyin.listen.imports.services.faults import ImportRefusedError

Cells = Sequence[str | None]

READING_OPTIONS = ("encoding", "delimiter", "sheet", "header")


@dataclass(frozen=True)
class FileBatch:
    """Some rows of a file as text, with the rows that could not even be split.

    `columns` goes by plain names, so a mapping fits whatever the spaces are.
    """

    lines: list[int]
    columns: Mapping[str, Cells]
    rejected: Sequence[RejectedRow]


def open_file(file: ImportFile) -> TableFile:
    """Open one uploaded file the way its reader was told to.

    Raises ImportRefusedError, whose code says why, where it is no table.
    """
    given: dict[str, Any] = {
        name: value
        for name in READING_OPTIONS
        if (value := file.reading.get(name)) not in (None, "")
    }
    if "header" in given:
        given["header"] = int(given["header"])
    if not file.path.exists():
        raise ImportRefusedError("file_gone", name=file.name)
    try:
        return open_table(file.path, name=file.name, **given)
    except FileError as error:
        raise ImportRefusedError.of_file(error, file.name) from error


def batches(file: ImportFile, table: TableFile, size: int) -> Iterator[FileBatch]:
    """Yield a file's rows from the first; the last batch may hold rejections only."""
    held: list[RejectedRow] = []
    withheld = withheld_columns(file, table)
    try:
        for batch in table.batches(size):
            lines = batch.column(LINE_COLUMN).to_pylist()
            held += without_cells(table.rejections.drain(), withheld)
            # What lies behind the last line belongs to the next batch, so that a
            # resumed import meets it exactly once.
            now = [row for row in held if row.line <= lines[-1]]
            held = [row for row in held if row.line > lines[-1]]
            columns = {
                plain(name): as_text(batch.column(name)).to_pylist()
                for name in batch.schema.names
                if name != LINE_COLUMN and name not in withheld
            }
            yield FileBatch(lines, columns, now)
        held += without_cells(table.rejections.drain(), withheld)
    except FileError as error:
        raise ImportRefusedError.of_file(error, file.name) from error
    if held:
        yield FileBatch([], {}, held)


def withheld_columns(file: ImportFile, table: TableFile) -> dict[str, Withheld]:
    """Return the columns of which nothing may be read, with why.

    What was withheld when the file was looked at stays so, whatever was turned on
    since.
    """
    organisation_id = file.batch.organisation_id
    found = withheld_among(organisation_id, [each.name for each in table.columns])
    before = {
        column["name"]: Withheld(column["name"], column["withheld"])
        for column in file.columns
        if column.get("withheld")
    }
    return before | found


def without_cells(
    rows: Iterable[RejectedRow], withheld: Mapping[str, Withheld]
) -> list[RejectedRow]:
    """Return rows that could not be split; their cells go where some must not stay."""
    return [replace(row, cells=()) for row in rows] if withheld else list(rows)


def after(batch: FileBatch, line: int) -> FileBatch | None:
    """Return what of a batch lies behind a line; None where nothing does."""
    rejected = [row for row in batch.rejected if row.line > line]
    first = sum(each <= line for each in batch.lines)
    if first == len(batch.lines) and not rejected:
        return None
    columns = {name: cells[first:] for name, cells in batch.columns.items()}
    return FileBatch(batch.lines[first:], columns, rejected)


def as_text(array: pa.Array) -> pa.Array:
    """Return a column as text; a number that is none is blank."""
    if pa.types.is_string(array.type):
        return array
    if pa.types.is_floating(array.type):
        array = pc.if_else(pc.is_nan(array), pa.scalar(None, array.type), array)
    return array.cast(pa.string())
