"""What a file is, told by its first bytes: its ending is only a claim."""

from __future__ import annotations

import zipfile
from enum import StrEnum
from pathlib import PurePath

from cxstats.errors import FileError
from cxstats.files.origins import Origin

__all__ = ["FileKind", "recognise"]


class FileKind(StrEnum):
    """The kinds of file that can be read as a table."""

    TEXT = "text"
    XLSX = "xlsx"
    XLS = "xls"
    PARQUET = "parquet"


_ENDINGS = {
    ".csv": FileKind.TEXT,
    ".tsv": FileKind.TEXT,
    ".txt": FileKind.TEXT,
    ".psv": FileKind.TEXT,
    ".xlsx": FileKind.XLSX,
    ".xlsm": FileKind.XLSX,
    ".xls": FileKind.XLS,
    ".parquet": FileKind.PARQUET,
}

_FOREIGN: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "a PDF document", "export the table itself as CSV or XLSX"),
    (b"\x1f\x8b", "a gzip archive", "unpack it first"),
    (b"7z\xbc\xaf", "a 7z archive", "unpack it first"),
    (b"Rar!", "a RAR archive", "unpack it first"),
    (b"\x89PNG", "a picture", "export the table itself as CSV or XLSX"),
    (b"\xff\xd8\xff", "a picture", "export the table itself as CSV or XLSX"),
    (b"SQLite format 3", "an SQLite database", "export its table as CSV"),
    (b"ARROW1", "an Arrow file", "save it as Parquet"),
    (b"{\\rtf", "a rich-text document", "save the table as CSV or XLSX"),
    (b"$FL2", "an SPSS file", "save it as CSV or XLSX"),
)

_PAGE = (b"<!doctype html", b"<html", b"<table", b"<head", b"<meta")


def recognise(origin: Origin) -> tuple[FileKind, tuple[str, ...]]:
    """Tell the kind of a file, with a note where its ending says something else.

    Raises
    ------
    FileError
        If the content is no table this library reads; the message says what it is.
    """
    head = origin.head(4096)
    kind = _by_content(head, origin)
    claimed = _ENDINGS.get(PurePath(origin.name).suffix.lower())
    if claimed is None or claimed is kind:
        return kind, ()
    note = f"{origin.name} is not what its ending says: its content is {kind.value}"
    return kind, (f"{note}, and was read as that",)


def _by_content(head: bytes, origin: Origin) -> FileKind:
    if head.startswith(b"PAR1"):
        return FileKind.PARQUET
    if head.startswith(b"PK\x03\x04"):
        return _zip_kind(origin)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return FileKind.XLS
    for magic, what, remedy in _FOREIGN:
        if head.startswith(magic):
            raise _not_a_table(origin.name, what, remedy)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    if start.startswith(_PAGE):
        raise _not_a_table(
            origin.name,
            "an HTML page",
            "open it in a spreadsheet and save it as XLSX, or export it as CSV",
        )
    if start.startswith(b"<?xml"):
        raise _not_a_table(
            origin.name,
            "an XML document",
            "open it in a spreadsheet and save it as XLSX",
        )
    return FileKind.TEXT


def _zip_kind(origin: Origin) -> FileKind:
    try:
        with origin.open() as stream, zipfile.ZipFile(stream) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise FileError(
            f"{origin.name} begins like an XLSX but its directory cannot be read "
            f"({error}); it was probably cut off: copy or export it again",
            code="truncated",
        ) from error
    if "xl/workbook.xml" in names:
        return FileKind.XLSX
    inside = ", ".join(sorted(names)[:3]) or "nothing"
    raise _not_a_table(
        origin.name, f"a ZIP archive (holding {inside})", "unpack it and give its files"
    )


def _not_a_table(name: str, what: str, remedy: str) -> FileError:
    return FileError(
        f"{name} is {what}, not a table: {remedy}", code="not_a_table", what=what
    )
