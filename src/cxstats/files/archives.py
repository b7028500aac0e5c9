"""Refuse an XLSX made to exhaust memory, before a spreadsheet reader opens it."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from cxstats.errors import FileError
from cxstats.files.limits import Limits
from cxstats.files.origins import Origin
from cxstats.files.shared_text import SharedText, count_references, total_text

__all__ = ["check_archive"]

_SMALL = 64 << 20
"""Parts below this size are harmless at any ratio."""

_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_CHUNK = 1 << 20


def check_archive(origin: Origin, limits: Limits) -> None:
    """Check what an XLSX declares, that it declares it truly, and what it makes of it.

    The directory of a ZIP is only a claim, and a reader that trusts it can be made to
    unpack far more; so each part is unpacked once into nothing, up to its claim. Cells
    share their texts, and a reader copies a text into every cell that refers to it; so
    the texts of all cells are added up too.

    Raises
    ------
    FileError
        If a part, the whole or the texts of all cells would take more than the limits,
        if a part is larger than it declares, or if the archive is damaged.
    """
    try:
        with origin.open() as stream, zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
            _check_claims(origin.name, parts, limits)
            _check_texts(origin.name, stream, parts, limits)
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError) as error:
        raise FileError(
            f"{origin.name} is damaged ({error}); copy or export it again",
            code="truncated",
        ) from error


def _check_claims(name: str, parts: list[zipfile.ZipInfo], limits: Limits) -> None:
    total = sum(part.file_size for part in parts)
    if total > limits.archive_bytes:
        raise _too_large(name, total, limits)
    for part in parts:
        ratio = part.file_size / max(part.compress_size, 1)
        if part.file_size > _SMALL and ratio > limits.archive_ratio:
            raise FileError(
                f"{name} holds a part that unpacks to {ratio:,.0f} times its size "
                f"({part.filename}); no real workbook does. It was not opened. Save "
                "the sheet as CSV if the file is genuine",
                code="archive_bomb",
                ratio=round(ratio),
                limit=limits.archive_ratio,
            )


def _too_large(name: str, total: int, limits: Limits) -> FileError:
    return FileError(
        f"{name} would unpack to {total:,} bytes; the limit is "
        f"{limits.archive_bytes:,}. Save the sheet as CSV or Parquet",
        code="archive_too_large",
        size=total,
        limit=limits.archive_bytes,
    )


def _check_texts(
    name: str, stream: BinaryIO, parts: list[zipfile.ZipInfo], limits: Limits
) -> None:
    texts = SharedText()
    references = {}
    for part in parts:
        data = _unpacked(name, stream, part)
        if part.filename.endswith("sharedStrings.xml"):
            texts.measure(data)
        elif part.filename.startswith("xl/worksheets/"):
            references[part.filename] = count_references(data)
        else:
            for _ in data:
                pass
    for part in parts:
        # Most workbooks stay below the limit even if every text were the longest.
        at_most = references.get(part.filename, 0) * texts.longest
        if at_most <= limits.archive_bytes:
            continue
        total = total_text(_unpacked(name, stream, part), texts)
        if total > limits.archive_bytes:
            raise _too_large(name, total, limits)


def _unpacked(name: str, stream: BinaryIO, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """Unpack a part piece by piece, up to the size it declares."""
    stream.seek(part.header_offset)
    header = _LOCAL_HEADER.unpack(stream.read(_LOCAL_HEADER.size))
    stream.seek(header[-2] + header[-1], 1)
    if part.compress_type == zipfile.ZIP_STORED:
        yield from _pieces(stream, part.compress_size)
        return
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise zipfile.BadZipFile(f"{part.filename} is packed in an unusual way")
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    size = 0
    for packed in _pieces(stream, part.compress_size):
        waiting = packed
        while waiting and not unpacker.eof:
            data = unpacker.decompress(waiting, _CHUNK)
            waiting = unpacker.unconsumed_tail
            size += len(data)
            if size > part.file_size:
                raise _larger_than_declared(name, part)
            yield data


def _pieces(stream: BinaryIO, length: int) -> Iterator[bytes]:
    while length > 0:
        piece = stream.read(min(_CHUNK, length))
        if not piece:
            raise EOFError("it ends too early")
        length -= len(piece)
        yield piece


def _larger_than_declared(name: str, part: zipfile.ZipInfo) -> FileError:
    return FileError(
        f"{name} holds a part that unpacks to more than it declares "
        f"({part.filename}); it was not opened",
        code="archive_bomb",
        declared=part.file_size,
    )
