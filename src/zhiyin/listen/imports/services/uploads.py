"""Taking files in: streamed to disk, within the limit, under a name of our own."""

from __future__ import annotations

import hashlib
import secrets
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler
from django.db import transaction

from zhiyin.accounts.models import Organisation, Person
from zhiyin.accounts.services import record
from zhiyin.common import clock
from zhiyin.listen.imports.models import Import, ImportFile, ImportKind
from zhiyin.listen.imports.models.files import folder
from zhiyin.listen.imports.services.faults import ImportRefusedError

_NAME_LENGTH = 200
MOST_FILES = 50


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Stream to disk, and stop writing beyond the limit.

    What lies beyond is read and thrown away, so that the browser still gets a page
    that says so instead of a broken connection.
    """

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.too_large: list[str] = []
        self._received = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._received += len(raw_data)
        if self._received > settings.UPLOAD_LIMIT_BYTES:
            self.too_large.append(shown_name(self.file_name))
            self.file.close()
            raise SkipFile
        super().receive_data_chunk(raw_data, start)


@dataclass(frozen=True)
class StoredFile:
    """A file that lies in the folder of imports."""

    name: str
    stored: str
    size: int
    sha256: str


def shown_name(given: str | None) -> str:
    """Return a file's own name without folders or control characters."""
    base = PurePosixPath(PureWindowsPath(given or "").name).name
    kept = "".join(each for each in base if each.isprintable()).strip(" .")
    return kept[-_NAME_LENGTH:] or "upload"


def _fresh_path() -> Path:
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder() / secrets.token_hex(16)


def store_upload(upload: UploadedFile[bytes]) -> StoredFile:
    """Keep an uploaded file; a temporary one is moved, not copied."""
    target = _fresh_path()
    if isinstance(upload, TemporaryUploadedFile):
        shutil.move(upload.temporary_file_path(), target)
    else:
        with upload.open("rb") as source, target.open("wb") as sink:
            shutil.copyfileobj(source, sink)
    return _stored(shown_name(upload.name), target)


def store_path(path: Path) -> StoredFile:
    """Keep a copy of a file of this machine."""
    target = _fresh_path()
    shutil.copyfile(path, target)
    return _stored(shown_name(path.name), target)


def _stored(name: str, target: Path) -> StoredFile:
    target.chmod(0o600)
    with target.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return StoredFile(name, target.name, target.stat().st_size, digest)


def too_large(names: Iterable[str]) -> ImportRefusedError:
    """Return the refusal of files beyond the limit."""
    limit = settings.UPLOAD_LIMIT_BYTES >> 20
    return ImportRefusedError("too_large", name=", ".join(names), limit_mb=limit)


@transaction.atomic
def create_import(
    *,
    organisation: Organisation,
    person: Person | None,
    files: list[StoredFile],
    kind: str = ImportKind.RESPONSES,
) -> Import:
    """Record stored files as a new import that waits to be looked at."""
    if not files:
        raise ImportRefusedError("no_files")
    batch = Import.objects.create(
        organisation=organisation,
        person=person,
        kind=kind,
        created_at=clock.now(),
    )
    ImportFile.objects.bulk_create(
        ImportFile(
            batch=batch,
            position=position,
            name=file.name,
            stored=file.stored,
            size=file.size,
            sha256=file.sha256,
        )
        for position, file in enumerate(files)
    )
    record(
        action="import.uploaded",
        target=batch,
        actor=person,
        files=[file.name for file in files],
        bytes=sum(file.size for file in files),
    )
    return batch
