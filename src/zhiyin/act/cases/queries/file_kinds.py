"""What a file is, by its content: a name, and what a browser says, are wishes."""

from __future__ import annotations

import io
import zipfile

MOST_BYTES = 10 * 1024 * 1024
_STARTS: tuple[tuple[bytes, int, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"GIF87a", 0, "image/gif"),
    (b"GIF89a", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
    (b"%PDF-", 0, "application/pdf"),
    (b"#!AMR", 0, "audio/amr"),
    (b"ID3", 0, "audio/mpeg"),
    (b"\xff\xfb", 0, "audio/mpeg"),
    (b"WAVE", 8, "audio/wav"),
    (b"OggS", 0, "audio/ogg"),
    (b"ftyp", 4, "video/mp4"),
)
_OFFICE = "application/vnd.openxmlformats-officedocument."
_DOCUMENTS = {
    "word/": f"{_OFFICE}wordprocessingml.document",
    "xl/": f"{_OFFICE}spreadsheetml.sheet",
    "ppt/": f"{_OFFICE}presentationml.presentation",
}
# A text that a browser might take for a page, or run, is no plain text.
_MARKUP = ("<!doctype", "<html", "<script", "<svg", "<?xml", "<iframe")


def kind_of(content: bytes) -> str:
    """Return the kind of a file that may be attached; "" for every other."""
    for start, offset, kind in _STARTS:
        if content[offset : offset + len(start)] == start:
            return kind
    if content[:4] == b"PK\x03\x04":
        return _document(content)
    return "text/plain" if _is_text(content) else ""


def _document(content: bytes) -> str:
    """Return the kind of an office document; "" for other archives and for macros."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile:
        return ""
    if "[Content_Types].xml" not in names:
        return ""
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return ""
    found = (
        kind
        for folder, kind in _DOCUMENTS.items()
        if any(name.startswith(folder) for name in names)
    )
    return next(found, "")


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    if "\x00" in text:
        return False
    lowered = text.lower()
    return not any(mark in lowered for mark in _MARKUP)
