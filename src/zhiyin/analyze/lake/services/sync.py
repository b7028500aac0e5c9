"""The sync: from operational rows to a new version of the lake."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction

import zhiyin
from zhiyin.accounts.models import Organisation
from zhiyin.analyze.lake.models import LakeState
from zhiyin.analyze.lake.queries.attributes import registered_fields
from zhiyin.analyze.lake.queries.changes import Everything, changes_since
from zhiyin.analyze.lake.queries.manifest import (
    DataFile,
    Manifest,
    RetiredFile,
    read_manifest,
)
from zhiyin.analyze.lake.queries.pending import continues, is_behind
from zhiyin.analyze.lake.queries.places import dataset_folder
from zhiyin.analyze.lake.queries.readings import Reading, open_reading
from zhiyin.analyze.lake.services.building import build_month, plan_months
from zhiyin.analyze.lake.services.files import flush_folder
from zhiyin.analyze.lake.services.garbage import collect_garbage
from zhiyin.analyze.lake.services.horizons import (
    finish_epoch,
    horizon_of,
    renumber_the_future,
)
from zhiyin.analyze.lake.services.locks import writing_lock
from zhiyin.analyze.lake.services.publishing import SupersededError, publish
from zhiyin.analyze.lake.services.triggers import require_triggers
from zhiyin.common import clock


class Outcome(StrEnum):
    """How a sync ended."""

    UNCHANGED = "unchanged"
    SYNCED = "synced"
    REBUILT = "rebuilt"
    BUSY = "busy"


@dataclass(frozen=True)
class SyncReport:
    """What a sync did: files and rows written, and the version that is valid now."""

    outcome: Outcome
    version: str = ""
    files_written: int = 0
    rows_written: int = 0
    rows: int = 0


def sync_organisation(*, organisation: Organisation | int) -> SyncReport:
    """Bring the lake of an organisation up to date; harmless to repeat.

    Must not be called inside a transaction, because what it reads it publishes.
    """
    return _sync(_id(organisation), anew=False)


def rebuild_organisation(*, organisation: Organisation | int) -> SyncReport:
    """Write every file of an organisation's lake anew from the database."""
    return _sync(_id(organisation), anew=True)


def _id(organisation: Organisation | int) -> int:
    return organisation if isinstance(organisation, int) else int(organisation.pk)


def _sync(organisation_id: int, *, anew: bool) -> SyncReport:
    with writing_lock(organisation_id) as held:
        if not held:
            return SyncReport(Outcome.BUSY)
        require_triggers()
        with transaction.atomic(durable=True):
            state, _made = LakeState.objects.get_or_create(
                organisation_id=organisation_id,
            )
        manifest = read_manifest(organisation_id)
        if not anew and not is_behind(organisation_id, manifest):
            collect_garbage(organisation_id)
            return _report(Outcome.UNCHANGED, manifest, ())
        base = None if anew or not _is_usable(manifest, state) else manifest
        try:
            published, written = _write(organisation_id, state, manifest, base)
        except SupersededError:
            return SyncReport(Outcome.BUSY)
        collect_garbage(organisation_id)
        outcome = Outcome.SYNCED if base else Outcome.REBUILT
        return _report(outcome, published, written)


def _is_usable(manifest: Manifest | None, state: LakeState) -> bool:
    if manifest is None or not continues(manifest, state):
        return False
    folder = dataset_folder(manifest.organisation_id)
    return all((folder / file.path).is_file() for file in manifest.files)


def _write(
    organisation_id: int,
    state: LakeState,
    previous: Manifest | None,
    base: Manifest | None,
) -> tuple[Manifest, tuple[DataFile, ...]]:
    fields = registered_fields(organisation_id)
    if base is None:
        renumber_the_future(organisation_id)
    epoch = finish_epoch()
    with open_reading() as reading:
        horizon = horizon_of(reading, epoch)
        files = _build(reading, organisation_id, base, fields)
        dialect = reading.dialect
    generation = previous.generation + 1 if previous else 1
    manifest = Manifest(
        organisation_id=organisation_id,
        generation=generation,
        version=f"{generation}-{uuid.uuid4().hex[:12]}",
        vendor=dialect.vendor,
        horizon=horizon,
        revision=dialect.revision_of(horizon),
        synced_at=clock.now().isoformat(),
        attributes=fields,
        files=files,
        retired=_retired(previous, files),
        written_by=zhiyin.__version__,
    )
    publish(manifest, state)
    before = {file.path for file in base.files} if base else set()
    return manifest, tuple(file for file in files if file.path not in before)


def _build(
    reading: Reading,
    organisation_id: int,
    base: Manifest | None,
    fields: dict[str, str],
) -> tuple[DataFile, ...]:
    folder = dataset_folder(organisation_id)
    if not folder.is_dir():
        folder.mkdir(parents=True)
        flush_folder(folder.parent)
    changes = (
        changes_since(reading, organisation_id, base.horizon)
        if base
        else Everything(reading, organisation_id)
    )
    files: list[DataFile] = []
    for plan in plan_months(folder, base, changes, fields):
        files += build_month(folder, plan, reading, changes, fields)
    return tuple(files)


def _retired(
    previous: Manifest | None,
    files: tuple[DataFile, ...],
) -> tuple[RetiredFile, ...]:
    """Return the files that queries on earlier versions may still be reading."""
    if previous is None:
        return ()
    folder = dataset_folder(previous.organisation_id)
    now = clock.now().timestamp()
    kept = {file.path for file in files}
    earlier = [file for file in previous.retired if (folder / file.path).is_file()]
    replaced = [
        RetiredFile(path=file.path, retired_at=now, clean_until=previous.revision)
        for file in previous.files
        if file.path not in kept
    ]
    return (*earlier, *replaced)


def _report(
    outcome: Outcome,
    manifest: Manifest | None,
    written: tuple[DataFile, ...],
) -> SyncReport:
    return SyncReport(
        outcome=outcome,
        version=manifest.version if manifest else "",
        files_written=len(written),
        rows_written=sum(file.rows for file in written),
        rows=manifest.rows if manifest else 0,
    )
