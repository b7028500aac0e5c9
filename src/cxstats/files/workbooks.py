"""XLSX and XLS sheets as text cells, with the row of the sheet.

A sheet is held whole while it is read (the format has no other way), bounded by the
limits on the packed and unpacked size. Numbers are written as they are shown when
unformatted (10, not 10.0), dates in ISO form. Cells that hold an error, such as #N/A,
and formulas that were never calculated are blank: the file has no value for them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from cxstats.errors import FileError
from cxstats.files.archives import check_archive
from cxstats.files.chunks import (
    CHUNK_ROWS,
    CellCheck,
    Rows,
    cell_faults,
    in_batches,
    to_batch,
)
from cxstats.files.columns import name_columns
from cxstats.files.details import FileDetails, ReadOptions
from cxstats.files.headers import find_header
from cxstats.files.kinds import FileKind
from cxstats.files.limits import Limits
from cxstats.files.origins import Origin
from cxstats.files.rejections import Rejections

__all__ = ["WorkbookReader", "cell_text", "open_workbook"]

_HEADER_ROWS = 40
_EXACT = 1e15


def cell_text(value: Any) -> str:
    """Write one cell as text without losing anything of it.

    Examples
    --------
    >>> cell_text(10.0), cell_text(0.1), cell_text(True)
    ('10', '0.1', 'TRUE')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < _EXACT
        return str(int(value)) if whole else repr(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, dt.timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return str(value)


class WorkbookReader:
    """Reads one sheet of a workbook."""

    def __init__(
        self,
        sheet: CalamineSheet,
        details: FileDetails,
        header: int | None,
        limits: Limits,
    ) -> None:
        self._sheet = sheet
        self._limits = limits
        self._width = _filled_width(sheet)
        first = [row for _, row in zip(range(_HEADER_ROWS), self._rows(), strict=False)]
        found = find_header(first, header, details.name)
        self._first_data = found.first_data
        self.columns = name_columns(found.cells, limits, details.name)
        self.types: tuple[pa.DataType, ...] = (pa.string(),) * len(self.columns)
        notes = (*details.notes, *([found.note] if found.note else []))
        self.details = replace(details, header_line=found.index, notes=notes)

    def batches(self, size: int, rejections: Rejections) -> Iterator[pa.RecordBatch]:
        """Stream the rows as text."""
        chunks = self._chunks(rejections)
        return in_batches(chunks, size, lambda rows: to_batch(rows, self.columns))

    def _rows(self) -> Iterator[tuple[int, Sequence[str]]]:
        for line, row in enumerate(self._sheet.iter_rows(), start=1):
            cells = [cell_text(value) for value in row[: self._width]]
            if any(cells):
                yield line, cells

    def _chunks(self, rejections: Rejections) -> Iterator[Rows]:
        check = CellCheck(self.details.name, self.columns, self._limits)
        lines: list[int] = []
        kept: list[Sequence[str]] = []
        for line, cells in self._rows():
            if line < self._first_data:
                continue
            lines.append(line)
            kept.append(cells)
            if len(kept) >= CHUNK_ROWS:
                yield cell_faults((lines, kept), check, rejections, nul_seen=False)
                lines, kept = [], []
        yield cell_faults((lines, kept), check, rejections, nul_seen=False)


def _filled_width(sheet: CalamineSheet) -> int:
    """Width up to the last column that holds anything: formatting alone is no data."""
    width = 0
    for row in sheet.iter_rows():
        for place in range(len(row) - 1, width - 1, -1):
            if row[place] != "":
                width = place + 1
                break
    return width


def open_workbook(
    origin: Origin,
    kind: FileKind,
    options: ReadOptions,
    notes: tuple[str, ...],
) -> WorkbookReader:
    """Open one sheet: the one named or numbered from 1, else the first with rows.

    Raises
    ------
    FileError
        If the file is damaged, protected by a password, made to exhaust memory, has no
        such sheet, or no sheet with rows.
    """
    if kind is FileKind.XLSX:
        check_archive(origin, options.limits)
    try:
        with origin.open() as stream:
            book = CalamineWorkbook.from_filelike(stream)
            chosen = _choose(book, options.sheet, origin.name)
            sheets = tuple(meta.name for meta in _worksheets(book))
    except PasswordError as error:
        raise FileError(
            f"{origin.name} is protected by a password; save a copy without it",
            code="password",
        ) from error
    except (CalamineError, OSError) as error:
        raise FileError(
            f"{origin.name} cannot be read as a workbook ({error}); it may be damaged "
            "or protected: open it in a spreadsheet and save it again as XLSX",
            code="unreadable",
        ) from error
    details = FileDetails(
        name=origin.name,
        kind=kind.value,
        size=origin.size(),
        path=origin.path,
        sheet=chosen.name,
        sheets=sheets,
        notes=notes,
    )
    return WorkbookReader(chosen, details, options.header, options.limits)


def _worksheets(book: CalamineWorkbook) -> list[Any]:
    return [
        meta for meta in book.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet
    ]


def _choose(
    book: CalamineWorkbook, wanted: str | int | None, name: str
) -> CalamineSheet:
    names = [meta.name for meta in _worksheets(book)]
    if wanted is not None:
        return book.get_sheet_by_name(_named(names, wanted, name))
    # What its author hid is taken only when nothing visible holds rows.
    metas = sorted(
        _worksheets(book), key=lambda meta: meta.visible != SheetVisibleEnum.Visible
    )
    for meta in metas:
        sheet = book.get_sheet_by_name(meta.name)
        if sheet.height > 0:
            return sheet
    raise FileError(
        f"{name} has no sheet with rows; export it again", code="empty", sheets=names
    )


def _named(names: list[str], wanted: str | int, file: str) -> str:
    if isinstance(wanted, int) or wanted.isdecimal():
        place = int(wanted)
        if 1 <= place <= len(names):
            return names[place - 1]
    matching = [name for name in names if name.strip() == str(wanted).strip()]
    if matching:
        return matching[0]
    raise FileError(
        f"{file} has no sheet {wanted!r}; its sheets are {', '.join(names)}",
        code="no_sheet",
        sheets=names,
    )
