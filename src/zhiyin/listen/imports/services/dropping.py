"""The drop folder: files that other systems lay down, each with a control file.

A file is touched once its control file is there and fits. Every step can be repeated:
the import is a row that is made once per file, the usual workers read and write it,
and the file is moved away only after the import has come to rest. Whoever is killed in
between leaves a file and a row from which the next worker goes on.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Organisation
from zhiyin.accounts.services import record
from zhiyin.common import clock
from zhiyin.listen.imports.models import (
    AT_REST,
    Import,
    ImportKind,
    ImportMapping,
    ImportStatus,
    MappingProfile,
)
from zhiyin.listen.imports.services.faults import ImportRefusedError
from zhiyin.listen.imports.services.rejects import rejects_as_csv
from zhiyin.listen.imports.services.steps import save_mapping, start_import
from zhiyin.listen.imports.services.tables import guess_table_mapping
from zhiyin.listen.imports.services.unattended import Wishes, mapping_as_wished
from zhiyin.listen.imports.services.uploads import create_import, store_path
from zhiyin.listen.imports.services.wording import say_file_fault, say_row_fault

KIND_OF_FOLDER = {
    "answers": ImportKind.RESPONSES,
    "customers": ImportKind.CUSTOMERS,
    "events": ImportKind.EVENTS,
    "feedback": ImportKind.FEEDBACK,
}
ENDINGS = (".ok", ".ctl")
DONE, FAILED = "done", "failed"
# A copy may still be going on behind a control file that came first.
PATIENCE = dt.timedelta(minutes=15)
LARGEST_CONTROL_BYTES = 4096
_SETTING = re.compile(r"^\s*(rows|sha256|profile)\s*[=:]\s*(.+?)\s*$")
_DIGEST = re.compile(r"^[0-9a-f]{64}$")


def drop_folder(organisation: Organisation) -> Path:
    """Return where files of an organisation are dropped; it may not be there."""
    return Path(settings.MEDIA_ROOT) / "drop" / organisation.code


def pick_up_next() -> bool:
    """Do one step for one dropped file; False when there is nothing to do."""
    return _file_next() or _start_next() or _take_next()


def _take_next() -> bool:
    for organisation in Organisation.objects.order_by("pk"):
        root = drop_folder(organisation)
        if root.is_dir():
            for path, control in _complete(root):
                if _taken(organisation, path, control):
                    return True
    return False


def _complete(root: Path) -> Iterator[tuple[Path, Path]]:
    """Yield the files whose control file is there, the oldest first."""
    for name in KIND_OF_FOLDER:
        folder = root / name
        if not folder.is_dir():
            continue
        found = [
            each
            for each in folder.iterdir()
            if each.suffix not in ENDINGS and _is_plain(each)
        ]
        for path in sorted(found, key=lambda each: (each.stat().st_mtime, each.name)):
            if control := control_of(path):
                yield path, control


def control_of(path: Path) -> Path | None:
    """Return a file's control file: `x.csv.ok`, `x.csv.ctl`, `x.ok` or `x.ctl`."""
    for ending in ENDINGS:
        for each in (path.with_name(path.name + ending), path.with_suffix(ending)):
            if _is_plain(each):
                return each
    return None


def _is_plain(path: Path) -> bool:
    """Tell whether it is a file itself, under a name that can be shown."""
    return path.name.isprintable() and path.is_file() and not path.is_symlink()


def _read_control(path: Path) -> dict[str, str]:
    with path.open("rb") as file:
        text = file.read(LARGEST_CONTROL_BYTES).decode("utf-8-sig", errors="replace")
    found = (_SETTING.match(line) for line in text.splitlines())
    told = {each[1]: each[2] for each in found if each}
    told["sha256"] = told.get("sha256", "").lower()
    rows = told.get("rows", "")
    is_count = rows.isascii() and rows.isdecimal() and len(rows) < len(str(2**63))
    return told if is_count and _DIGEST.match(told["sha256"]) else {}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _taken(organisation: Organisation, path: Path, control: Path) -> bool:
    """Make the import of a file whose control file fits; False while it waits."""
    open_ones = Import.objects.of(organisation).filter(filed_at=None)
    if open_ones.filter(dropped_as=_name_of(path)).exists():
        return False
    told = _read_control(control)
    fault = None
    if not told:
        fault = ImportRefusedError("drop_control", name=path.name)
    elif _digest(path) != told["sha256"]:
        fault = ImportRefusedError("drop_checksum", name=path.name)
    if fault is not None and clock.now() - _written(path, control) < PATIENCE:
        return False
    try:
        _begin(organisation, path, told, fault)
    except IntegrityError:
        # Another worker was first.
        return False
    return True


def _written(*paths: Path) -> dt.datetime:
    latest = max(each.stat().st_mtime for each in paths)
    return dt.datetime.fromtimestamp(latest, tz=dt.UTC)


@transaction.atomic
def _begin(
    organisation: Organisation,
    path: Path,
    told: dict[str, str],
    fault: ImportRefusedError | None,
) -> None:
    batch = create_import(
        organisation=organisation,
        person=None,
        files=[store_path(path)],
        kind=KIND_OF_FOLDER[path.parent.name],
    )
    batch.dropped_as, batch.control = _name_of(path), told
    batch.save(update_fields=["dropped_as", "control"])
    if fault is not None:
        _fail(batch, fault)


def _fail(batch: Import, refusal: ImportRefusedError) -> None:
    batch.status = ImportStatus.FAILED
    batch.fault = refusal.stored()
    batch.finished_at = clock.now()
    batch.save(update_fields=["status", "fault", "finished_at"])
    record(action="import.failed", target=batch, reason=refusal.code)


def _start_next() -> bool:
    """Start a dropped file that was looked at, or say why it cannot be."""
    waiting = Import.objects.filter(status=ImportStatus.MAPPING, filed_at=None)
    batch = waiting.exclude(dropped_as="").order_by("pk").first()
    if batch is None:
        return False
    try:
        with transaction.atomic():
            _check_rows(batch)
            save_mapping(batch=batch, mapping=_mapping(batch))
            start_import(batch=batch, by=None)
    except ImportRefusedError as refusal:
        _fail(batch, refusal)
    return True


def _check_rows(batch: Import) -> None:
    if batch.fault:
        raise ImportRefusedError(batch.fault["code"], **batch.fault["facts"])
    file = batch.files.get()
    rows, expected = file.found.get("rows", 0), int(batch.control["rows"])
    # What was copied is what counts: the file may have changed since it was checked.
    if file.sha256 != batch.control["sha256"]:
        raise ImportRefusedError("drop_checksum", name=file.name)
    if rows != expected:
        facts = {"name": file.name, "rows": rows, "expected": expected}
        raise ImportRefusedError("drop_rows", **facts)


def _mapping(batch: Import) -> ImportMapping:
    if batch.kind != ImportKind.RESPONSES:
        return guess_table_mapping(batch)
    name, profile = batch.control.get("profile", ""), None
    if name:
        rows = MappingProfile.objects.of(batch.organisation_id)
        profile = rows.filter(name=name).first()
        if profile is None:
            facts = {"profile": name, "name": str(batch)}
            raise ImportRefusedError("drop_profile", **facts)
    wishes = Wishes(profile=profile, columns={}, settings={}, reading={})
    return mapping_as_wished(batch, wishes)


def _file_next() -> bool:
    """File a dropped file whose import is at rest under done or failed."""
    rows = Import.objects.filter(status__in=AT_REST, filed_at=None)
    rows = rows.exclude(dropped_as="").select_related("organisation")
    batch = rows.order_by("pk").first()
    if batch is None:
        return False
    root = drop_folder(batch.organisation)
    path = root / batch.dropped_as
    is_done = batch.status in {ImportStatus.DONE, ImportStatus.UNDONE}
    target = root / (DONE if is_done else FAILED) / f"{batch.pk}-{path.name}"
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write_beside(batch, target)
    # A later file of the same name is another file, and waits for its own import.
    if path.is_file() and _digest(path) == batch.files.get().sha256:
        if control := control_of(path):
            control.replace(target.with_name(f"{batch.pk}-{control.name}"))
        path.replace(target)
    batch.filed_at = clock.now()
    batch.save(update_fields=["filed_at"])
    return True


def _write_beside(batch: Import, target: Path) -> None:
    """Lay the rejected rows and the reason of a failure beside the file."""
    if batch.rows_rejected:
        header = (_("file"), _("row"), _("column"), _("value"), _("reason"))
        lines = rejects_as_csv(batch, header=header, say=say_row_fault)
        with target.with_name(f"{target.name}.rejected.csv").open("wb") as file:
            file.writelines(lines)
    if batch.fault:
        said = say_file_fault(batch.fault["code"], batch.fault["facts"])
        beside = target.with_name(f"{target.name}.error.txt")
        beside.write_text(f"{said}\n", encoding="utf-8")


def forget_old() -> bool:
    """Delete what was filed longer ago than uploaded files are kept."""
    kept = dt.timedelta(days=settings.IMPORT_FILES_KEPT_DAYS)
    filed = Import.objects.filter(filed_at__lt=clock.now() - kept)
    old = set(filed.exclude(dropped_as="").values_list("pk", flat=True))
    for organisation in Organisation.objects.all():
        for name in (DONE, FAILED):
            folder = drop_folder(organisation) / name
            for path in folder.iterdir() if folder.is_dir() else ():
                number = path.name.partition("-")[0]
                if number.isdecimal() and int(number) in old:
                    path.unlink(missing_ok=True)
    return False
