"""Where the header of a table stands: one simple rule, the same for text and sheets.

The header is the first row that is not blank. Two exceptions, both reported in a note:
title rows, which fill a single cell above a table of three or more columns, are passed
over; and a first row made of numbers only is data, so its columns are named by number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cxstats.errors import FileError

__all__ = ["HeaderRow", "find_header"]

_LOOK = 20
_WIDE = 3
_NUMBER = re.compile(r"\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*")


@dataclass(frozen=True, slots=True)
class HeaderRow:
    """The header cells, the row they stand in (None: the file has none), and a note."""

    cells: tuple[str, ...]
    index: int | None
    first_data: int
    note: str | None = None


def find_header(
    rows: Sequence[tuple[int, Sequence[str]]], given: int | None, file: str
) -> HeaderRow:
    """Choose the header among the first rows of a table.

    Parameters
    ----------
    rows
        Pairs of the line and its cells, blank rows left out.
    given
        Line of the header as its user sees it; 0: there is none; None: by the rule.
    file
        The file's name, for messages.

    Raises
    ------
    FileError
        If there is no row, or no row at the line given.
    """
    if not rows:
        raise FileError(f"{file} has no rows; export it again", code="empty")
    if given is not None and given > 0:
        return _given_header(rows, given, file)
    index = 0 if given == 0 else _skip_titles(rows)
    line, cells = rows[index]
    if given == 0 or all(_NUMBER.fullmatch(cell) for cell in cells if cell.strip()):
        width = max(len(row) for _, row in rows[index : index + _LOOK])
        names = tuple(f"column {place}" for place in range(1, width + 1))
        note = f"{file} has no header row; its columns are named column 1, column 2..."
        return HeaderRow(names, None, line, None if given == 0 else note)
    title = f"lines above line {line} were read as a title" if index else None
    return HeaderRow(tuple(cells), line, line + 1, title)


def _given_header(
    rows: Sequence[tuple[int, Sequence[str]]], given: int, file: str
) -> HeaderRow:
    for line, cells in rows:
        if line == given:
            return HeaderRow(tuple(cells), line, line + 1)
    raise FileError(
        f"{file} has no row at line {given}; the first rows are at "
        f"{', '.join(str(line) for line, _ in rows[:5])}",
        code="no_header",
    )


def _skip_titles(rows: Sequence[tuple[int, Sequence[str]]]) -> int:
    filled = [sum(bool(cell.strip()) for cell in row) for _, row in rows[:_LOOK]]
    if max(filled) < _WIDE:
        return 0
    return next(place for place, count in enumerate(filled) if count > 1)
