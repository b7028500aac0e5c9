"""Refuse an XLSX made to exhaust memory, before a spreadsheet reader opens it."""

from __future__ import annotations

import struct
import zipfile
import zlib
from typing import BinaryIO

from cxstats.errors import FileError
from cxstats.files.limits import Limits
from cxstats.files.origins import Origin

__all__ = ["check_archive"]

_SMALL = 64 << 20
"""Parts below this size are harmless at any ratio."""

_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_CHUNK = 1 << 20


def check_archive(origin: Origin, limits: Limits) -> None:
    """Check the unpacked sizes an XLSX declares, then that it declares them truly.

    The directory of a ZIP is only a claim, and a reader that trusts it can be made to
    unpack far more; so each part is unpacked once into nothing, up to its claim.

    Raises
    ------
    FileError
        If a part or the whole would unpack to more than the limits, or to more than
        it declares, or if the archive is damaged.
    """
    try:
        with origin.open() as stream, zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
            _check_claims(origin.name, parts, limits)
            for part in parts:
                _check_truth(origin.name, stream, part)
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError) as error:
        raise FileError(
            f"{origin.name} is damaged ({error}); copy or export it again",
            code="truncated",
        ) from error


def _check_claims(name: str, parts: list[zipfile.ZipInfo], limits: Limits) -> None:
    total = sum(part.file_size for part in parts)
    if total > limits.archive_bytes:
        raise FileError(
            f"{name} would unpack to {total:,} bytes; the limit is "
            f"{limits.archive_bytes:,}. Save the sheet as CSV or Parquet",
            code="archive_too_large",
            size=total,
            limit=limits.archive_bytes,
        )
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


def _check_truth(name: str, stream: BinaryIO, part: zipfile.ZipInfo) -> None:
    if part.compress_type == zipfile.ZIP_STORED:
        return
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise zipfile.BadZipFile(f"{part.filename} is packed in an unusual way")
    stream.seek(part.header_offset)
    header = _LOCAL_HEADER.unpack(stream.read(_LOCAL_HEADER.size))
    stream.seek(header[-2] + header[-1], 1)
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    left, unpacked = part.compress_size, 0
    while left > 0 and not unpacker.eof:
        packed = stream.read(min(_CHUNK, left))
        if not packed:
            raise EOFError("it ends too early")
        left -= len(packed)
        while packed:
            unpacked += len(unpacker.decompress(packed, _CHUNK))
            packed = unpacker.unconsumed_tail
            if unpacked > part.file_size:
                raise FileError(
                    f"{name} holds a part that unpacks to more than it declares "
                    f"({part.filename}); it was not opened",
                    code="archive_bomb",
                    declared=part.file_size,
                )
