"""Swapping the manifest: the one moment at which the lake changes."""

from __future__ import annotations

import os
import uuid

from zhiyin.analyze.lake.models import LakeState
from zhiyin.analyze.lake.queries.manifest import Manifest
from zhiyin.analyze.lake.queries.places import dataset_folder, manifest_path
from zhiyin.analyze.lake.services.files import flush_folder


class SupersededError(Exception):
    """Somebody else published meanwhile; what was built is thrown away."""


def publish(manifest: Manifest, state: LakeState) -> None:
    """Make a version the lake, and have the database know it.

    The database hears of the intention first: if the process dies between the swap
    and the last line, the next one recognises the manifest as its own.

    Raises
    ------
    SupersededError
        If the state is not what it was when the work began.
    """
    ours = LakeState.objects.filter(
        pk=state.pk,
        version=state.version,
        intended=state.intended,
    )
    if not ours.update(intended=manifest.version):
        message = f"the lake of organisation {manifest.organisation_id} moved on"
        raise SupersededError(message)
    swap_manifest(manifest)
    done = LakeState.objects.filter(pk=state.pk, intended=manifest.version)
    done.update(version=manifest.version, failed_at=None, failure="")
    # A rebuild asked for while this one ran is still to come.
    done.filter(rebuild_requested_at=state.rebuild_requested_at).update(
        rebuild_requested_at=None,
    )


def swap_manifest(manifest: Manifest) -> None:
    """Replace the manifest at once: a reader sees the old one or the new one."""
    folder = dataset_folder(manifest.organisation_id)
    folder.mkdir(parents=True, exist_ok=True)
    waiting = folder / f"manifest.{uuid.uuid4().hex}.tmp"
    with waiting.open("x", encoding="utf-8") as file:
        file.write(manifest.to_json())
        file.flush()
        os.fsync(file.fileno())
    waiting.replace(manifest_path(manifest.organisation_id))
    flush_folder(folder)
