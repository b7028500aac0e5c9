"""Swapping the manifest: the one moment at which what is known changes."""

from __future__ import annotations

import fcntl
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from zhiyin.listen.customers.queries.known_files import (
    KnownFile,
    KnownManifest,
    known_folder,
    manifest_path,
    read_known_manifest,
)


@contextmanager
def writing_lock(organisation_id: int) -> Iterator[None]:
    """Hold an organisation's files for changing; wait for whoever holds them now.

    The kernel lets go of the lock when its holder dies, however it dies.
    """
    folder = known_folder(organisation_id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def swap_manifest(organisation_id: int, manifest: KnownManifest) -> None:
    """Replace the manifest at once: a reader sees the old one or the new one."""
    folder = known_folder(organisation_id)
    waiting = folder / f"manifest.{uuid.uuid4().hex}.tmp"
    with waiting.open("x", encoding="utf-8") as file:
        file.write(manifest.to_json())
        file.flush()
        os.fsync(file.fileno())
    waiting.replace(manifest_path(organisation_id))
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def publish_part(organisation_id: int, part: str, files: Iterable[KnownFile]) -> None:
    """Make a part's files known; what the part had published before is replaced."""
    with writing_lock(organisation_id):
        manifest = read_known_manifest(organisation_id)
        number = manifest.sequence + 1
        fresh = tuple(replace(file, sequence=number) for file in files)
        old = [file for file in manifest.files if file.part == part]
        kept = tuple(file for file in manifest.files if file.part != part)
        swap_manifest(
            organisation_id,
            KnownManifest(files=kept + fresh, sequence=number),
        )
        remove_files(organisation_id, old)


def withdraw_part(organisation_id: int, part: str) -> None:
    """Take a part's files back, and what it left half done."""
    if read_known_manifest(organisation_id).files:
        publish_part(organisation_id, part, ())
    drop_unpublished(organisation_id, part)


def drop_unpublished(organisation_id: int, part: str) -> None:
    """Throw away what was put down of a part that nobody goes on with."""
    shutil.rmtree(work_folder(organisation_id, part), ignore_errors=True)


def remove_files(organisation_id: int, files: Iterable[KnownFile]) -> None:
    """Delete files that no manifest lists any more; readers look again."""
    folder = known_folder(organisation_id)
    for file in files:
        (folder / file.path).unlink(missing_ok=True)


def work_folder(organisation_id: int, part: str) -> Path:
    """Return where a part is prepared before anybody may read it."""
    return known_folder(organisation_id) / "work" / part.replace(":", "-")
