"""What this app holds of a customer: files as they came, and rows that were refused.

A file is deleted as a whole once it names somebody who is to be erased: its rows are
in the database, and taking one row out of a file somebody else made would forge it.
"""

from __future__ import annotations

import json
import os
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.listen.customers.services import (
    DataSubject,
    Held,
    TryAgainError,
    Wish,
    register_personal_data,
)
from zhiyin.listen.imports.models import ACTIVE, Import
from zhiyin.listen.imports.services.dropping import drop_folder
from zhiyin.listen.imports.services.rejects import log_path
from zhiyin.listen.imports.services.steps import delete_files

ENCODINGS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be", "big5")
PIECE_BYTES = 1 << 20
# The longest trace with separators between its characters, in four bytes each.
OVERLAP_BYTES = 4096
_SHORTEST = 3


def pattern_of(traces: Iterable[str]) -> re.Pattern[bytes] | None:
    """Return what finds any of the texts in bytes, in the encodings files come in.

    Between the digits of a number there may be blanks, hyphens, dots and brackets.
    """
    parts = []
    for trace in traces:
        if len(trace) < _SHORTEST:
            continue
        for encoding in ENCODINGS:
            try:
                parts.append(_spelled(trace, encoding))
            except UnicodeEncodeError:
                continue
    return re.compile(b"|".join(dict.fromkeys(parts)), re.IGNORECASE) if parts else None


def _spelled(trace: str, encoding: str) -> bytes:
    letters = [re.escape(letter.encode(encoding)) for letter in trace]
    if not trace.lstrip("+").isdecimal():
        return b"".join(letters)
    gaps = b"|".join(re.escape(each.encode(encoding)) for each in " -.()")
    return (b"(?:" + gaps + b"){0,3}").join(letters)


def mentions(path: Path, pattern: re.Pattern[bytes]) -> bool:
    """Tell whether a file names somebody, also within a workbook's parts."""
    if not path.is_file():
        return False
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as parts:
            for name in parts.namelist():
                with parts.open(name) as part:
                    if _found(part, pattern):
                        return True
        return False
    with path.open("rb") as file:
        return _found(file, pattern)


def _found(file: IO[bytes], pattern: re.Pattern[bytes]) -> bool:
    before = b""
    while piece := file.read(PIECE_BYTES):
        if pattern.search(before + piece):
            return True
        before = piece[-OVERLAP_BYTES:]
    return False


def _kept(subject: DataSubject) -> QuerySet[Import]:
    rows = Import.objects.of(subject.organisation_id).filter(files_deleted_at=None)
    return rows.prefetch_related("files")


def _paths(batch: Import) -> list[Path]:
    return [log_path(batch), *(file.path for file in batch.files.all())]


def naming(subject: DataSubject) -> list[Import]:
    """Return the imports whose kept files name the customer."""
    pattern = pattern_of(subject.traces)
    if pattern is None:
        return []
    return [
        batch
        for batch in _kept(subject)
        if any(mentions(path, pattern) for path in _paths(batch))
        or any(
            pattern.search(json.dumps(file.found, ensure_ascii=False).encode())
            for file in batch.files.all()
        )
    ]


def _dropped(subject: DataSubject) -> Iterator[Path]:
    """Yield files that were dropped, filed away, and name the customer."""
    pattern = pattern_of(subject.traces)
    for batch in Import.objects.of(subject.organisation_id).order_by()[:1]:
        root = drop_folder(batch.organisation)
        if pattern is None or not root.is_dir():
            return
        for path in sorted(root.rglob("*")):
            is_kept = path.is_file() and not path.is_symlink()
            if is_kept and mentions(path, pattern):
                yield path


def collect_files(subject: DataSubject) -> Iterator[Held]:
    """Yield the names of the files."""
    for batch in naming(subject):
        names = ", ".join(file.name for file in batch.files.all())
        yield Held(batch.created_at, _("Uploaded file that names you"), {"": names})
    for path in _dropped(subject):
        yield Held(None, _("Dropped file that names you"), {"": path.name})


def erase_files(subject: DataSubject, _wish: Wish) -> int:
    """Delete the files; wait for imports that still read theirs."""
    found = naming(subject)
    if any(batch.status in ACTIVE for batch in found):
        raise TryAgainError(str(Import._meta.verbose_name_plural))  # noqa: SLF001
    for batch in found:
        delete_files(batch=batch)
    dropped = list(_dropped(subject))
    for path in dropped:
        # Truncated first: a name may be left in a folder, its bytes may not.
        os.truncate(path, 0)
        path.unlink(missing_ok=True)
    return len(found) + len(dropped)


def register_places() -> None:
    """Say what is held here."""
    register_personal_data(
        "files",
        label=gettext_lazy("Uploaded files and refused rows"),
        collect=collect_files,
        erase=erase_files,
        stays=gettext_lazy("the counts of the import"),
    )
