"""Column names that are unique and never blank, with the header as it stood kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cxstats.errors import FileError
from cxstats.files.limits import Limits

__all__ = ["FILE_COLUMN", "LINE_COLUMN", "Column", "name_columns"]

LINE_COLUMN = "__line__"
"""Name of the column of every batch that carries the line of the file."""

FILE_COLUMN = "__file__"
"""Name of the column that carries the file's name where several were read as one."""

_INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its unique name, the header as it stood, its place from 1."""

    name: str
    original: str
    position: int


def name_columns(
    headers: Sequence[str], limits: Limits, file: str
) -> tuple[Column, ...]:
    """Turn a header row into unique names.

    Spaces and line breaks around a header go, those inside become one space; a blank
    header becomes "column 7"; the second of two equal headers becomes "name (2)".
    Headers that differ only in case count as equal, because most engines read column
    names without regard to case.

    Raises
    ------
    FileError
        If there are more columns than the limit.
    """
    if len(headers) > limits.columns:
        raise FileError(
            f"{file} has {len(headers):,} columns; the limit is {limits.columns:,}. "
            "Remove the columns that are not needed, or check the delimiter",
            code="too_many_columns",
            columns=len(headers),
            limit=limits.columns,
        )
    cleaned = [_clean(header) for header in headers]
    taken = {LINE_COLUMN, FILE_COLUMN}
    waiting = {name.casefold() for name in cleaned if name}
    columns = []
    for position, (header, base) in enumerate(
        zip(headers, cleaned, strict=True), start=1
    ):
        reserved = waiting - {base.casefold()}
        name = _unique(base or f"column {position}", taken, reserved)
        taken.add(name.casefold())
        columns.append(Column(name, header, position))
    return tuple(columns)


def _clean(header: str) -> str:
    visible = header.translate(dict.fromkeys(map(ord, _INVISIBLE)))
    return " ".join(visible.replace("\0", "").split())


def _unique(base: str, taken: set[str], reserved: set[str]) -> str:
    name, copy = base, 1
    while name.casefold() in taken or name.casefold() in reserved:
        copy += 1
        name = f"{base} ({copy})"
    return name
