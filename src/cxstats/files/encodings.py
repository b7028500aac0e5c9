"""Which encoding a text file has: strict decoding first, plausibility where two fit."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from cxstats.errors import FileError
from cxstats.files.limits import Limits
from cxstats.files.origins import Origin
from cxstats.files.plausibility import isolated_share, plausibility

__all__ = ["Encoding", "bad_byte", "detect_encoding", "known_encoding"]

_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_CHINESE = ("gb18030", "cp950", "big5hkscs")
_CHUNK = 1 << 20
_ASCII_END = 0x7F
_FEW_ERRORS = 0.02
_PLAUSIBLE = 0.5


@dataclass(frozen=True, slots=True)
class Encoding:
    """The encoding a file is read with, as Python names it, and how it was told.

    `told_by` is `given`, `byte order mark`, `every byte fits` or `likely characters`.
    """

    name: str
    told_by: str


def known_encoding(name: str) -> Encoding:
    """Accept an encoding named by the caller.

    Raises
    ------
    FileError
        If no encoding has that name.
    """
    try:
        found = codecs.lookup(name.strip()).name
    except LookupError as error:
        raise FileError(
            f"there is no encoding {name!r}; use utf-8, utf-16, gb18030 or big5",
            code="unknown_encoding",
        ) from error
    # Operators' Big5 files carry the letters of the Windows code page.
    return Encoding("cp950" if found == "big5" else found, "given")


def detect_encoding(origin: Origin, limits: Limits) -> Encoding:
    """Tell the encoding of a text file.

    A byte order mark decides. Otherwise a sample that begins where the first character
    beyond ASCII stands is decoded strictly as UTF-8, then as GB18030 and Big5, which
    often both fit: the one that gives the more usual characters wins.

    Raises
    ------
    FileError
        If nothing fits; where the file is UTF-8 but for a few bytes, with the place
        of the first of them.
    """
    head = origin.head(4096)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return Encoding(name, "byte order mark")
    if zeros := _utf16_without_mark(head):
        return Encoding(zeros, "likely characters")
    sample, complete = _telling_sample(origin, limits.sample_bytes)
    if _decodes(sample, "utf-8", complete=complete):
        return Encoding("utf-8", "every byte fits")
    if _error_share(sample) < _FEW_ERRORS:
        raise bad_byte(origin, "utf-8")
    return _most_plausible(origin, sample, complete=complete)


def _utf16_without_mark(head: bytes) -> str | None:
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = max(len(head) // 2, 1)
    if odd / half > _PLAUSIBLE and even / half < _FEW_ERRORS:
        return "utf-16-le"
    if even / half > _PLAUSIBLE and odd / half < _FEW_ERRORS:
        return "utf-16-be"
    return None


def _telling_sample(origin: Origin, length: int) -> tuple[bytes, bool]:
    """Give bytes from the line of the first non-ASCII byte on, and whether all follow.

    A line feed is never part of a longer character in these encodings, so a sample
    that begins after one begins with a whole character.
    """
    with origin.open() as stream:
        while chunk := stream.read(_CHUNK):
            if chunk.isascii():
                continue
            first = next(place for place, byte in enumerate(chunk) if byte > _ASCII_END)
            start = chunk.rfind(b"\n", 0, first) + 1
            sample = chunk[start:] + stream.read(length)
            return sample, not stream.read(1)
    return b"", True


def _decodes(sample: bytes, encoding: str, *, complete: bool) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        decoder.decode(sample, final=complete)
    except UnicodeDecodeError:
        return False
    return True


def _error_share(sample: bytes) -> float:
    beyond = sum(byte > _ASCII_END for byte in sample[:_CHUNK])
    wrong = sample[:_CHUNK].decode("utf-8", "replace").count("\ufffd")
    return wrong / max(beyond, 1)


def _most_plausible(origin: Origin, sample: bytes, *, complete: bool) -> Encoding:
    scores = {
        name: plausibility(sample, name)
        for name in _CHINESE
        if _decodes(sample, name, complete=complete)
    }
    best = max(scores, key=lambda name: scores[name], default=None)
    if best is not None and scores[best] >= _PLAUSIBLE:
        return Encoding(best, "likely characters")
    if isolated_share(sample) > _PLAUSIBLE and _decodes(
        sample, "cp1252", complete=complete
    ):
        return Encoding("cp1252", "likely characters")
    if best is not None:
        return Encoding(best, "likely characters")
    error = bad_byte(origin, "gb18030")
    raise FileError(
        f"{origin.name} is not text in UTF-8, UTF-16, GB18030 or Big5 ({error}); save "
        "it as 'CSV UTF-8', or name its encoding",
        code="wrong_encoding",
        **error.facts,
    )


def bad_byte(origin: Origin, encoding: str) -> FileError:
    """Describe the first byte of a file that does not fit an encoding."""
    position, line, wrong = _find_bad_byte(origin, encoding)
    shown = "utf-8" if encoding == "utf-8-sig" else encoding
    return FileError(
        f"{origin.name}: byte {wrong:#04x} at position {position:,} (line {line:,}) is "
        f"not valid {shown}; save the file as 'CSV UTF-8', or name its encoding",
        code="wrong_encoding",
        position=position,
        line=line,
        encoding=shown,
    )


def _find_bad_byte(origin: Origin, encoding: str) -> tuple[int, int, int]:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    done, lines = 0, 1
    with origin.open() as stream:
        while True:
            chunk = stream.read(_CHUNK)
            held = decoder.getstate()[0]
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                data = held + chunk
                place = error.start
                lines += data[len(held) : place].count(b"\n")
                return done - len(held) + place, lines, data[place]
            if not chunk:
                return done, lines, 0
            done += len(chunk)
            lines += chunk.count(b"\n")
