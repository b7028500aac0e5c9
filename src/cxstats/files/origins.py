"""Where a file's bytes come from: a path, or an open binary file, only borrowed."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from cxstats.errors import FileError
from cxstats.files.limits import Limits

__all__ = ["Origin", "origin_of"]


class _Borrowed(io.RawIOBase):
    """Read somebody else's file from its beginning without ever closing it.

    It keeps its own position, so that two readings of one upload do not disturb each
    other.
    """

    def __init__(self, handle: Any) -> None:
        self._handle = handle
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_CUR:
            offset, whence = self._position + offset, io.SEEK_SET
        self._handle.seek(offset, whence)
        self._position = int(self._handle.tell())
        return self._position

    def readinto(self, buffer: Any) -> int:
        self._handle.seek(self._position)
        data: bytes = self._handle.read(len(buffer))
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)


@dataclass(frozen=True, slots=True)
class Origin:
    """One file: the name people know it by, and how to read it again from the start."""

    name: str
    path: Path | None = None
    handle: Any = None

    def open(self) -> BinaryIO:
        """Give the bytes from the beginning; closing it leaves a borrowed file open."""
        if self.path is None:
            return cast("BinaryIO", io.BufferedReader(_Borrowed(self.handle), 1 << 20))
        return self.path.open("rb")

    def size(self) -> int:
        """Bytes as stored."""
        with self.open() as stream:
            return stream.seek(0, io.SEEK_END)

    def head(self, length: int) -> bytes:
        """Give the first `length` bytes, or all there are."""
        with self.open() as stream:
            return stream.read(length)


def origin_of(data: str | Path | Any, name: str | None, limits: Limits) -> Origin:
    """Accept a path or an open binary file, within the size limit.

    Raises
    ------
    FileError
        If there is no such file, it is a folder, not readable, empty or too large.
    """
    origin = _from_path(Path(data), name) if isinstance(data, str | Path) else None
    if origin is None:
        given = name or str(getattr(data, "name", "") or "upload")
        origin = Origin(Path(given).name, handle=data)
    size = origin.size()
    if size == 0:
        raise FileError(
            f"{origin.name} is empty (0 bytes); export it again", code="empty"
        )
    if size > limits.file_bytes:
        raise FileError(
            f"{origin.name} has {size:,} bytes; the limit is {limits.file_bytes:,}. "
            "Split it, or save it as Parquet",
            code="too_large",
            size=size,
            limit=limits.file_bytes,
        )
    return origin


def _from_path(path: Path, name: str | None) -> Origin:
    if path.is_dir():
        raise FileError(
            f"{path} is a folder; name the files in it, for example '{path}/*.csv'",
            code="folder",
        )
    if not path.exists():
        raise FileError(f"there is no file {path}", code="not_found")
    try:
        path.open("rb").close()
    except OSError as error:
        raise FileError(
            f"{path} cannot be opened: {error.strerror}", code="unreadable"
        ) from error
    return Origin(name or path.name, path=path)
