"""Deleting files that no version lists any more."""

from __future__ import annotations

import shutil
from pathlib import Path

from zhiyin.accounts.models import Organisation
from zhiyin.analyze.lake.queries.manifest import Manifest, read_manifest
from zhiyin.analyze.lake.queries.places import dataset_folder, lake_folder
from zhiyin.analyze.lake.services.locks import writing_lock
from zhiyin.common import clock
from zhiyin.listen.responses.models import ErasedResponse

GRACE_SECONDS = 600.0
"""The longest a query may take that began on an older version."""

ABANDONED_SECONDS = 3600.0
"""Age of a file that a killed writer left behind. Nobody ever read it; the wait is
for the case that a shared disk's locks do not hold and a writer is still at work."""


def collect_garbage(
    organisation_id: int,
    *,
    grace_seconds: float = GRACE_SECONDS,
    abandoned_seconds: float = ABANDONED_SECONDS,
) -> int:
    """Delete what is retired or abandoned for long enough; return how many files.

    The caller holds the writing lock.
    """
    manifest = read_manifest(organisation_id)
    folder = dataset_folder(organisation_id)
    now = clock.now().timestamp()
    listed = {file.path for file in manifest.files} if manifest else set()
    retired = retirement_times(manifest)
    removed = 0
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        if name in listed:
            continue
        if name in retired:
            is_due = now - retired[name] >= grace_seconds
        else:
            is_due = now - path.stat().st_mtime >= abandoned_seconds
        if is_due:
            path.unlink()
            removed += 1
    _drop_empty_months(folder)
    return removed


def retirement_times(manifest: Manifest | None) -> dict[str, float]:
    """Return when each retired file was replaced."""
    retired = manifest.retired if manifest else ()
    return {file.path: file.retired_at for file in retired}


def remove_lakes_of_the_gone() -> int:
    """Delete the lakes of organisations that were erased, and their tombstones.

    Without a tombstone a folder stays: it may belong to another database, which
    somebody has set the wrong address of.
    """
    living = set(Organisation.objects.values_list("pk", flat=True))
    removed = 0
    for organisation_id in _organisations_with_folders() - living:
        stones = ErasedResponse.objects.filter(organisation_id=organisation_id)
        if not stones.exists():
            continue
        with writing_lock(organisation_id) as held:
            if held:
                shutil.rmtree(lake_folder(organisation_id))
                stones.delete()
                removed += 1
    return removed


def _organisations_with_folders() -> set[int]:
    root = lake_folder(0).parent
    if not root.is_dir():
        return set()
    return {int(path.name) for path in root.iterdir() if path.name.isdecimal()}


def _files(folder: Path) -> list[Path]:
    return [*folder.glob("month=*/*"), *folder.glob("manifest.*.tmp")]


def _drop_empty_months(folder: Path) -> None:
    for month in folder.glob("month=*"):
        if not any(month.iterdir()):
            month.rmdir()
