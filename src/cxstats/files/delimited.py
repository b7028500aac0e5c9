"""CSV, TSV and other separated text, streamed with the line of every row.

The standard library's parser is used because it alone gives the line of a record that
holds quoted line breaks; with small chunks it reads a million rows of twenty columns in
about five seconds on one core.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace

import pyarrow as pa

from cxstats.errors import FileError
from cxstats.files.chunks import (
    CHUNK_ROWS,
    CellCheck,
    Rows,
    cell_faults,
    in_batches,
    to_batch,
)
from cxstats.files.columns import name_columns
from cxstats.files.delimiters import (
    WHITESPACE,
    detect_delimiter,
    known_delimiter,
)
from cxstats.files.details import FileDetails, ReadOptions
from cxstats.files.encodings import Encoding, bad_byte, detect_encoding, known_encoding
from cxstats.files.headers import find_header
from cxstats.files.limits import Limits
from cxstats.files.origins import Origin
from cxstats.files.rejections import RejectedRow, Rejections

__all__ = ["DelimitedReader", "open_delimited"]

_SAMPLE_LINES = 500
_HEADER_ROWS = 40

# Appended after the last line: it comes out as a record of its own unless a quotation
# mark is still open there, which the parser does not report by itself.
_END = "\x1a\x1a end \x1a\x1a"


class _Lines:
    """The physical lines of a text file, of bounded length, decoded strictly."""

    def __init__(self, origin: Origin, encoding: str, limits: Limits) -> None:
        self._origin = origin
        self._encoding = encoding
        self._limit = limits.line_characters
        self._stream = origin.open()
        self.nul_seen = False
        self.read = 0

    def close(self) -> None:
        self._stream.close()

    def __iter__(self) -> Iterator[str]:
        # Line endings are left as they stand: the parser needs them inside quotes.
        text = io.TextIOWrapper(self._stream, self._encoding, newline="")
        limit = self._limit
        try:
            while line := text.readline(limit):
                self.read += 1
                if "\0" in line:
                    self.nul_seen = True
                if len(line) == limit:
                    raise self._too_long(self.read)
                yield line
        except UnicodeDecodeError as error:
            raise bad_byte(self._origin, self._encoding) from error

    def _too_long(self, number: int) -> FileError:
        return FileError(
            f"{self._origin.name}: line {number:,} is longer than {self._limit:,} "
            "characters; this is not a table in separated text",
            code="line_too_long",
            line=number,
        )


class DelimitedReader:
    """Reads one separated text file whose encoding and delimiter are settled."""

    def __init__(
        self, origin: Origin, details: FileDetails, header: int | None, limits: Limits
    ) -> None:
        self._origin = origin
        self._limits = limits
        self._encoding = str(details.encoding)
        self._delimiter = str(details.delimiter)
        found = find_header(self._first_rows(), header, origin.name)
        self._first_data = found.first_data
        self.columns = name_columns(found.cells, limits, origin.name)
        self.types: tuple[pa.DataType, ...] = (pa.string(),) * len(self.columns)
        notes = (*details.notes, *([found.note] if found.note else []))
        self.details = replace(details, header_line=found.index, notes=notes)

    def batches(self, size: int, rejections: Rejections) -> Iterator[pa.RecordBatch]:
        """Stream the rows as text."""
        chunks = self._chunks(rejections)
        return in_batches(chunks, size, lambda rows: to_batch(rows, self.columns))

    def _first_rows(self) -> list[tuple[int, Sequence[str]]]:
        rows: list[tuple[int, Sequence[str]]] = []
        ignored = Rejections(self._limits.rejected_rows)
        with closing(_Lines(self._origin, self._encoding, self._limits)) as lines:
            for line, cells in self._records(lines, ignored):
                if cells == [_END] or len(rows) >= _HEADER_ROWS:
                    break
                if any(cell.strip() for cell in cells) and not self._says_delimiter(
                    line, cells
                ):
                    rows.append((line, cells))
        return rows

    @staticmethod
    def _says_delimiter(line: int, cells: Sequence[str]) -> bool:
        return line == 1 and cells[0].lower().startswith("sep=")

    def _records(
        self, lines: _Lines, rejections: Rejections
    ) -> Iterator[tuple[int, list[str]]]:
        """Give every record with the line it begins on; the end mark comes last."""
        if self._delimiter == WHITESPACE:
            for number, line in enumerate(lines, start=1):
                yield number, line.split()
            yield 0, [_END]
            return
        # The module's own bound on a cell is shared by the process: it is only raised.
        if self._limits.cell_characters > csv.field_size_limit():
            csv.field_size_limit(self._limits.cell_characters)
        reader = csv.reader(_ended(lines), delimiter=self._delimiter)
        start = 1
        while True:
            try:
                for cells in reader:
                    yield start, cells
                    start = reader.line_num + 1
            except csv.Error:
                # The only fault a lenient parser has left: a cell beyond its bound.
                self._reject_lines(start, reader.line_num, rejections)
                start = reader.line_num + 1
                continue
            return

    def _reject_lines(
        self, first: int, last: int, rejections: Rejections, *, at_end: bool = False
    ) -> None:
        if at_end or last > first:
            reason = "unclosed_quote"
            message = f"a quotation mark opened at line {first} is not closed"
        else:
            limit = self._limits.cell_characters
            reason, message = "cell_too_long", f"a cell exceeds {limit:,} characters"
        for line in range(first, last + 1):
            rejections.add(RejectedRow(self._origin.name, line, None, reason, message))

    def _chunks(self, rejections: Rejections) -> Iterator[Rows]:
        check = CellCheck(self._origin.name, self.columns, self._limits)
        with closing(_Lines(self._origin, self._encoding, self._limits)) as lines:
            for rows in self._whole_rows(lines, rejections):
                yield cell_faults(rows, check, rejections, nul_seen=lines.nul_seen)
                lines.nul_seen = False

    def _whole_rows(self, lines: _Lines, rejections: Rejections) -> Iterator[Rows]:
        width, first = len(self.columns), self._first_data
        numbers: list[int] = []
        kept: list[Sequence[str]] = []
        for line, cells in self._records(lines, rejections):
            if cells and cells[-1].endswith(_END):
                if cells != [_END]:
                    self._reject_lines(line, lines.read, rejections, at_end=True)
                break
            if line < first or not any(cells):
                continue
            if len(cells) != width:
                cells = self._fit(line, cells, rejections)  # noqa: PLW2901 - same row
            if cells:
                numbers.append(line)
                kept.append(cells)
            if len(kept) >= CHUNK_ROWS:
                yield numbers, kept
                numbers, kept = [], []
        yield numbers, kept

    def _fit(self, line: int, cells: list[str], rejections: Rejections) -> list[str]:
        """Cut blank cells beyond the header; reject what does not fit otherwise."""
        width = len(self.columns)
        if len(cells) > width and not any(cells[width:]):
            return cells[:width]
        few = len(cells) < width
        column = self.columns[min(len(cells), width - 1)].name
        rejections.add(
            RejectedRow(
                self._origin.name,
                line,
                column,
                "too_few_cells" if few else "too_many_cells",
                f"the row has {len(cells)} cells and the header {width}",
                tuple(cells),
            )
        )
        return []


def _ended(lines: _Lines) -> Iterator[str]:
    yield from lines
    yield _END


def open_delimited(
    origin: Origin, options: ReadOptions, notes: tuple[str, ...]
) -> DelimitedReader:
    """Settle encoding, delimiter and header of a separated text file.

    Raises
    ------
    FileError
        If the encoding cannot be told or is wrong, or the file has no rows or too
        many columns.
    """
    limits = options.limits
    if options.encoding:
        told = known_encoding(options.encoding)
    else:
        told = detect_encoding(origin, limits)
    if options.delimiter:
        separator = known_delimiter(options.delimiter)
    else:
        separator = detect_delimiter(_sample_lines(origin, told, limits))
    details = FileDetails(
        name=origin.name,
        kind={",": "csv", "\t": "tsv"}.get(separator, "text"),
        size=origin.size(),
        path=origin.path,
        encoding=told.name,
        encoding_told_by=told.told_by,
        delimiter=separator,
        notes=notes,
    )
    return DelimitedReader(origin, details, options.header, limits)


def _sample_lines(origin: Origin, encoding: Encoding, limits: Limits) -> list[str]:
    with closing(_Lines(origin, encoding.name, limits)) as lines:
        return [line for line, _ in zip(lines, range(_SAMPLE_LINES), strict=False)]
