"""How much text the cells of a workbook hold once every shared text is copied.

A workbook stores each text once and cells refer to it by number, so that a file of a
megabyte can stand for terabytes of cells.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable

__all__ = ["SharedText", "count_references", "total_text"]

_END_OF_TEXT = re.compile(rb"</(?:\w+:)?si\s*>")
_REFERENCE = re.compile(rb"t\s*=\s*[\"']s[\"']")
_NUMBERED = re.compile(
    rb"t\s*=\s*[\"']s[\"'][^<>]*>\s*<(?:\w+:)?v[^<>]*>\s*(\d{1,9})\s*<"
)
_OVERLAP = 256


class SharedText:
    """Lengths, in bytes as stored, of the texts that cells share."""

    def __init__(self) -> None:
        self.lengths = array("Q")
        self.longest = 0

    def measure(self, pieces: Iterable[bytes]) -> None:
        """Measure the part of a workbook that holds the texts."""
        rest = b""
        pending = 0
        for piece in pieces:
            *whole, rest = _END_OF_TEXT.split(rest + piece)
            for text in whole:
                self._add(pending + len(text))
                pending = 0
            # A very long text is counted, not kept, but for what may begin its end.
            pending += max(len(rest) - _OVERLAP, 0)
            rest = rest[-_OVERLAP:]
        if pending:
            self._add(pending + len(rest))

    def _add(self, length: int) -> None:
        self.lengths.append(length)
        self.longest = max(self.longest, length)


def count_references(pieces: Iterable[bytes]) -> int:
    """Count the cells of a sheet that refer to a shared text."""
    count, rest = 0, b""
    for piece in pieces:
        data = rest + piece
        end = 0
        for match in _REFERENCE.finditer(data):
            count += 1
            end = match.end()
        rest = data[max(end, len(data) - _OVERLAP) :]
    return count


def total_text(pieces: Iterable[bytes], texts: SharedText) -> int:
    """Add up the texts of a sheet's cells.

    A reference that cannot be followed counts as the longest text.
    """
    total, rest = 0, b""
    for piece in pieces:
        data = rest + piece
        end = 0
        followed = 0
        for match in _NUMBERED.finditer(data):
            number = int(match.group(1))
            total += texts.lengths[number] if number < len(texts.lengths) else 0
            followed += 1
            end = match.end()
        keep = max(end, len(data) - _OVERLAP)
        rest = data[keep:]
        seen = len(_REFERENCE.findall(data, 0, keep))
        total += max(seen - followed, 0) * texts.longest
    return total
