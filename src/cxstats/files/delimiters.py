"""Which character separates the cells of a text file."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence

from cxstats.errors import FileError

__all__ = ["WHITESPACE", "detect_delimiter", "known_delimiter", "split_records"]

WHITESPACE = " "
"""Stands for any run of spaces and tabs, as in printed tables."""

_CANDIDATES = (",", "\t", "|", ";")
_RECORDS = 200
_NAMES = {
    "comma": ",",
    "tab": "\t",
    "\\t": "\t",
    "pipe": "|",
    "semicolon": ";",
    "space": WHITESPACE,
    "whitespace": WHITESPACE,
}


def known_delimiter(given: str) -> str:
    """Accept a delimiter given as the character or by name (`tab`, `pipe`, ...).

    Raises
    ------
    FileError
        If it is neither a name nor a single character.
    """
    found = _NAMES.get(given.lower(), given)
    if len(found) != 1 or found in '"\r\n':
        names = ", ".join(name for name in _NAMES if name.isalpha())
        raise FileError(
            f"the delimiter must be one character or one of {names}; got {given!r}",
            code="unknown_delimiter",
        )
    return found


def detect_delimiter(lines: Sequence[str]) -> str:
    """Choose the delimiter under which most records have the same number of cells.

    A single column (no delimiter at all) is read as comma-separated; runs of spaces
    count only where no other candidate does and every line splits alike.
    """
    if lines and lines[0].strip().lower().startswith("sep="):
        return lines[0].strip()[4:5] or ","
    scores = {candidate: _agreement(lines, candidate) for candidate in _CANDIDATES}
    best = max(scores, key=lambda candidate: scores[candidate])
    if scores[best] > (0.0, 0):
        return best
    widths = {len(line.split()) for line in lines if line.strip()}
    if len(lines) > 2 and len(widths) == 1 and widths != {1}:  # noqa: PLR2004 - a table
        return WHITESPACE
    return ","


def _agreement(lines: Sequence[str], delimiter: str) -> tuple[float, int]:
    widths = Counter(
        len(cells) for cells in split_records(lines, delimiter) if any(cells)
    )
    wide = [(count, width) for width, count in widths.items() if width > 1]
    if not wide:
        return 0.0, 0
    count, width = max(wide)
    return count / widths.total(), width


def split_records(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    """Split sample lines into records, quoted line breaks respected."""
    if delimiter == WHITESPACE:
        return [line.split() for line in lines]
    records: list[list[str]] = []
    try:
        for cells in csv.reader(lines, delimiter=delimiter):
            records.append(cells)
            if len(records) >= _RECORDS:
                break
    except csv.Error:
        # A quotation mark that is never closed: what came before still tells.
        return records
    return records
