"""Files on cases: checked by size and content, kept outside of what is served."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Organisation, Person
from zhiyin.accounts.services import record
from zhiyin.act.cases.models import Attachment, Case, CaseEvent
from zhiyin.act.cases.queries.file_kinds import MOST_BYTES, kind_of
from zhiyin.act.cases.services.writing import CaseError
from zhiyin.common import clock

LONGEST_NAME = 200
FOLDER = "cases"
LEAST_AGE_SECONDS = 24 * 3600
AT_ONCE = 500
MEGABYTE = 1024 * 1024


def attach_file(
    *, case: Case, by: Person | None, name: str, size: int, chunks: Iterable[bytes]
) -> Attachment:
    """Keep a file with a case; refuses what is too large or of a kind nobody needs."""
    if size > MOST_BYTES:
        raise CaseError(_too_large(size))
    content = _read(chunks)
    kind = kind_of(content) if content else ""
    if not kind:
        raise CaseError(
            _(
                "“%s” cannot be attached: pictures, PDF, plain text, recordings and "
                "office documents without macros are taken.",
            )
            % _plain_name(name),
        )
    path = f"{FOLDER}/{case.organisation_id}/{uuid.uuid4().hex}"
    _write(path, content)
    with transaction.atomic():
        made = Attachment.objects.create(
            case=case,
            name=_plain_name(name),
            kind=kind,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            path=path,
            person=by,
            at=clock.now(),
        )
        CaseEvent.objects.create(
            case=case,
            at=made.at,
            actor=by,
            kind="attached",
            detail={"attachment": made.pk, "size": made.size},
        )
        record(action="case.file_attached", actor=by, target=case, kind=kind)
    return made


def _too_large(size: int) -> str:
    return _("A file may have %(most)s MB; this one has %(given).1f MB.") % {
        "most": MOST_BYTES // MEGABYTE,
        "given": size / MEGABYTE,
    }


def _read(chunks: Iterable[bytes]) -> bytes:
    """Read what was sent, and no more than may be kept: a size may be a lie."""
    content = bytearray()
    for chunk in chunks:
        content += chunk
        if len(content) > MOST_BYTES:
            raise CaseError(_too_large(len(content)))
    return bytes(content)


def _plain_name(name: str) -> str:
    """Return a file's name without folders and without what is not printed."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return "".join(each for each in last if each.isprintable())[-LONGEST_NAME:] or "-"


def _write(path: str, content: bytes) -> None:
    target = Path(settings.MEDIA_ROOT) / path
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    part.write_bytes(content)
    part.replace(target)


def sweep_files() -> bool:
    """Delete files that no case knows: left where a worker was killed half-way.

    Only what has lain for a day is looked at, so that no file goes that is just being
    attached. Returns False: one run sees to all of them.
    """
    home = Path(settings.MEDIA_ROOT)
    old = clock.now().timestamp() - LEAST_AGE_SECONDS
    for folder in sorted((home / FOLDER).glob("[0-9]*/")):
        aged = [each for each in folder.iterdir() if each.stat().st_mtime < old]
        for start in range(0, len(aged), AT_ONCE):
            _sweep(folder, aged[start : start + AT_ONCE])
    return False


def _sweep(folder: Path, files: Sequence[Path]) -> None:
    paths = {f"{FOLDER}/{folder.name}/{each.name}": each for each in files}
    rows = Attachment.objects.filter(path__in=list(paths))
    stray = paths.keys() - set(rows.values_list("path", flat=True))
    for path in stray:
        paths[path].unlink(missing_ok=True)
    home = Organisation.objects.filter(pk=folder.name).first()
    if stray and home is not None:
        record(action="case.files_swept", organisation=home, files=len(stray))


def open_attachment(attachment: Attachment) -> BinaryIO:
    """Open a file for reading; whoever asks has checked who may see the case."""
    return (Path(settings.MEDIA_ROOT) / attachment.path).open("rb")


def delete_file(attachment: Attachment) -> None:
    """Remove a file from the disk; one that is gone already is gone."""
    (Path(settings.MEDIA_ROOT) / attachment.path).unlink(missing_ok=True)
