"""What a person does with an import: map it, start it, stop it, try it again."""

from __future__ import annotations

import os
import secrets
import shutil
from dataclasses import replace

from django.db import transaction

from zhiyin.accounts.models import Organisation, Person
from zhiyin.accounts.services import record
from zhiyin.common import clock
from zhiyin.listen.customers.services.known import drop_unpublished
from zhiyin.listen.imports.models import (
    ColumnRule,
    Import,
    ImportFile,
    ImportKind,
    ImportMapping,
    ImportStatus,
    MappingProfile,
)
from zhiyin.listen.imports.models.files import folder
from zhiyin.listen.imports.services.checking import columns_by_name, problems_of
from zhiyin.listen.imports.services.faults import ImportRefusedError
from zhiyin.listen.imports.services.identity import choose_identity
from zhiyin.listen.imports.services.profiling import AT_ONCE_BYTES, look_at_import
from zhiyin.listen.imports.services.reading import READING_OPTIONS
from zhiyin.listen.imports.services.rejects import log_path
from zhiyin.listen.imports.services.tables import table_problems
from zhiyin.listen.imports.services.uploads import StoredFile, create_import


def look_now_or_later(*, batch: Import) -> None:
    """Look at small files at once; large ones wait for the worker."""
    if sum(file.size for file in batch.files.all()) <= AT_ONCE_BYTES:
        look_at_import(batch=batch)


@transaction.atomic
def read_differently(*, file: ImportFile, reading: dict[str, str]) -> None:
    """Say how a file is to be read; it is looked at again and mapped anew."""
    batch = file.batch
    if batch.status != ImportStatus.MAPPING:
        raise ImportRefusedError("already_started")
    file.reading = {
        name: value for name in READING_OPTIONS if (value := reading.get(name, ""))
    }
    file.save(update_fields=["reading"])
    batch.mapping = {}
    batch.fault = {}
    batch.status = ImportStatus.UPLOADED
    batch.save(update_fields=["mapping", "fault", "status"])
    record(action="import.read_differently", target=batch, **file.reading)


@transaction.atomic
def save_mapping(
    *, batch: Import, mapping: ImportMapping, profile: MappingProfile | None = None
) -> None:
    """Keep what the columns mean, finished or not."""
    if batch.status != ImportStatus.MAPPING:
        raise ImportRefusedError("already_started")
    batch.mapping = _without_withheld(batch, mapping).settled().to_json()
    batch.profile = profile or batch.profile
    batch.save(update_fields=["mapping", "profile"])
    record(action="import.mapped", target=batch)


def _without_withheld(batch: Import, mapping: ImportMapping) -> ImportMapping:
    """Import nothing of a column of which nothing may be kept, whoever says so."""
    columns = columns_by_name(batch)
    rules = (
        ColumnRule(name=rule.name)
        if columns.get(rule.name, {}).get("withheld")
        else rule
        for rule in mapping.columns
    )
    return replace(mapping, columns=tuple(rules))


@transaction.atomic
def save_profile(
    *, organisation: Organisation, name: str, mapping: ImportMapping, by: Person | None
) -> MappingProfile:
    """Save a mapping under a name; the same name replaces what it meant before."""
    kept = replace(mapping, date="", wave="")
    profile, made = MappingProfile.objects.update_or_create(
        organisation=organisation,
        name=name.strip(),
        defaults={
            "mapping": kept.to_json(),
            "person": by,
            "saved_at": clock.now(),
        },
    )
    action = "mapping_profile.created" if made else "mapping_profile.edited"
    record(action=action, target=profile, actor=by)
    return profile


@transaction.atomic
def delete_profile(*, profile: MappingProfile) -> None:
    """Forget a profile; its questionnaire and answers stay."""
    record(action="mapping_profile.deleted", target=profile)
    profile.delete()


@transaction.atomic
def start_import(*, batch: Import, by: Person | None) -> Import:
    """Put a mapped import into the queue.

    Raises ImportRefusedError with the first thing that stands in the way.
    """
    batch = Import.objects.select_for_update().get(pk=batch.pk)
    if batch.status != ImportStatus.MAPPING:
        raise ImportRefusedError("already_started")
    mapping = batch.read_mapping()
    is_table = batch.kind != ImportKind.RESPONSES
    check = table_problems if is_table else problems_of
    for refusal in check(batch, mapping):
        raise refusal
    for file in batch.files.all() if not is_table else ():
        file.identity = choose_identity(file, mapping)
        file.save(update_fields=["identity"])
    batch.status = ImportStatus.QUEUED
    batch.queued_at = clock.now()
    batch.save(update_fields=["status", "queued_at"])
    record(action="import.started", target=batch, actor=by)
    return batch


@transaction.atomic
def cancel_import(*, batch: Import, by: Person) -> None:
    """Stop an import; what it added so far stays until it is undone."""
    waiting = Import.objects.filter(pk=batch.pk, status=ImportStatus.QUEUED)
    if not waiting.update(status=ImportStatus.CANCELLED, finished_at=clock.now()):
        running = Import.objects.filter(pk=batch.pk, status=ImportStatus.RUNNING)
        if not running.update(cancel_requested=True):
            raise ImportRefusedError("not_running")
    record(action="import.cancel_asked", target=batch, actor=by)


@transaction.atomic
def go_on_with_import(*, batch: Import, by: Person) -> None:
    """Take up a failed or cancelled import where it stopped."""
    batch = Import.objects.select_for_update().get(pk=batch.pk)
    if not batch.can_go_on:
        raise ImportRefusedError("cannot_go_on")
    batch.status = ImportStatus.QUEUED
    batch.queued_at = clock.now()
    batch.cancel_requested = False
    batch.fault = {}
    batch.save(update_fields=["status", "queued_at", "cancel_requested", "fault"])
    record(action="import.resumed", target=batch, actor=by)


def import_again(*, batch: Import, by: Person) -> Import:
    """Begin a new import of the same files with the same mapping.

    Raises ImportRefusedError once the files are deleted.
    """
    files = list(batch.files.all())
    if batch.files_deleted_at or not all(file.path.exists() for file in files):
        raise ImportRefusedError("file_gone", name=str(batch))
    again = create_import(
        organisation=batch.organisation,
        person=by,
        files=[_duplicate(file) for file in files],
        kind=batch.kind,
    )
    for file, copy in zip(files, again.files.all(), strict=True):
        copy.reading, copy.found = file.reading, file.found
        copy.save(update_fields=["reading", "found"])
    again.mapping = batch.mapping
    again.profile = batch.profile
    again.rows_expected = sum(file.found.get("rows", 0) for file in files)
    again.status = ImportStatus.MAPPING
    again.save(update_fields=["mapping", "profile", "rows_expected", "status"])
    return again


def _duplicate(file: ImportFile) -> StoredFile:
    target = folder() / secrets.token_hex(16)
    try:
        os.link(file.path, target)
    except OSError:
        # Not every file system knows hard links.
        shutil.copyfile(file.path, target)
    return StoredFile(file.name, target.name, file.size, file.sha256)


@transaction.atomic
def discard_import(*, batch: Import) -> None:
    """Throw away an upload that was never started."""
    if batch.status not in {ImportStatus.UPLOADED, ImportStatus.MAPPING}:
        raise ImportRefusedError("already_started")
    record(action="import.discarded", target=batch)
    paths = [file.path for file in batch.files.all()]
    batch.delete()

    def unlink() -> None:
        for path in paths:
            path.unlink(missing_ok=True)

    transaction.on_commit(unlink)


def delete_files(*, batch: Import) -> None:
    """Delete an import's uploaded files and rejected rows; its counts stay."""
    for file in batch.files.all():
        file.path.unlink(missing_ok=True)
        file.found.pop("head", None)
        for column in file.found.get("columns", []):
            column.pop("values", None)
            # The smallest and the largest value are somebody's: a number, a key.
            column["minimum"] = column["maximum"] = None
        file.save(update_fields=["found"])
    log_path(batch).unlink(missing_ok=True)
    drop_unpublished(batch.organisation_id, batch.source)
    batch.files_deleted_at = clock.now()
    batch.save(update_fields=["files_deleted_at"])
    record(action="import.files_deleted", target=batch, organisation=batch.organisation)
