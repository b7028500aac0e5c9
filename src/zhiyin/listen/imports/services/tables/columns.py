"""Reading wide tables by column: a cell at a time would take days for 300 of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cxstats.errors import FileError
from cxstats.files import LINE_COLUMN, RejectedRow, TableFile
from zhiyin.listen.customers.queries import Withheld
from zhiyin.listen.imports.models import ColumnRule, ImportFile
from zhiyin.listen.imports.models.mappings import plain
from zhiyin.listen.imports.services.faults import ImportRefusedError
from zhiyin.listen.imports.services.reading import (
    as_text,
    withheld_columns,
    without_cells,
)

LONGEST_TEXT = 200
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$"


@dataclass(frozen=True)
class ColumnBatch:
    """Some rows of a file by column, with the rows that could not even be split."""

    lines: list[int]
    columns: Mapping[str, pa.Array]
    rejected: Sequence[RejectedRow]

    @property
    def last(self) -> int:
        """Return the last line of the file that this batch speaks of."""
        return max([*self.lines[-1:], *(row.line for row in self.rejected)])

    def texts(self, rule: ColumnRule | None) -> list[str]:
        """Return the trimmed cells of a column; "" where blank or not there."""
        column = self.columns.get(plain(rule.name)) if rule else None
        if column is None:
            return [""] * len(self.lines)
        return [(cell or "").strip() for cell in as_text(column).to_pylist()]

    def row(self, place: int) -> list[str]:
        """Return one whole row as text, to be shown to whoever mends it."""
        return [
            str(cell) if (cell := column[place].as_py()) is not None else ""
            for column in self.columns.values()
        ]


def column_batches(
    file: ImportFile, table: TableFile, size: int, after: int
) -> Iterator[ColumnBatch]:
    """Yield what lies behind a line, in pieces; the last may hold rejections only."""
    held: list[RejectedRow] = []
    withheld = withheld_columns(file, table)
    try:
        for batch in table.batches(size):
            lines = batch.column(LINE_COLUMN).to_numpy(zero_copy_only=False)
            held += _behind(table, after, withheld)
            first = int(np.searchsorted(lines, after, side="right"))
            if first == len(lines):
                continue
            # The reader's pieces follow the file's blocks, ours what memory bears.
            for start in range(first, len(lines), size):
                piece = batch.slice(start, size)
                end = int(lines[min(start + size, len(lines)) - 1])
                now = [row for row in held if row.line <= end]
                held = [row for row in held if row.line > end]
                told = lines[start : start + size].tolist()
                yield _piece(piece.drop_columns(list(withheld)), told, now)
        held += _behind(table, after, withheld)
    except FileError as error:
        raise ImportRefusedError.of_file(error, file.name) from error
    if held:
        yield ColumnBatch([], {}, held)


def _behind(
    table: TableFile, after: int, withheld: Mapping[str, Withheld]
) -> list[RejectedRow]:
    rows = [row for row in table.rejections.drain() if row.line > after]
    return without_cells(rows, withheld)


def _piece(
    batch: pa.RecordBatch, lines: list[int], rejected: list[RejectedRow]
) -> ColumnBatch:
    columns = {
        plain(name): batch.column(name)
        for name in batch.schema.names
        if name != LINE_COLUMN
    }
    return ColumnBatch(lines, columns, rejected)


def field_texts(column: pa.Array) -> pa.Array:
    """Return a category as it is kept: trimmed, blank as null, of bounded length."""
    text = pc.utf8_trim_whitespace(as_text(column))
    text = pc.utf8_slice_codeunits(text, 0, LONGEST_TEXT)
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def field_numbers(column: pa.Array) -> tuple[pa.Array, list[int]]:
    """Return a number as it is kept, and the places of cells that are none.

    Thousands may be set off by commas; NaN and infinity are blank.
    """
    wrong: list[int] = []
    if pa.types.is_floating(column.type) or pa.types.is_integer(column.type):
        numbers = column.cast(pa.float64(), safe=False)
    else:
        text = pc.replace_substring(field_texts(column), ",", "")
        fits = pc.match_substring_regex(text, _NUMBER)
        wrong = np.flatnonzero(
            pc.invert(pc.fill_null(fits, fill_value=True)).to_numpy(
                zero_copy_only=False,
            ),
        ).tolist()
        numbers = pc.if_else(fits, text, pa.scalar(None, pa.string())).cast(
            pa.float64()
        )
    nothing = pa.scalar(None, pa.float64())
    return pc.if_else(pc.is_finite(numbers), numbers, nothing), wrong
