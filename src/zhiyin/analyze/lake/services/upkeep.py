"""What has to be done now and then for a lake, whether or not anything changed."""

from __future__ import annotations

import time

from zhiyin.accounts.models import Organisation
from zhiyin.analyze.lake.models import LakeState
from zhiyin.analyze.lake.queries.manifest import read_manifest
from zhiyin.analyze.lake.queries.pending import is_behind
from zhiyin.analyze.lake.services.garbage import collect_garbage
from zhiyin.analyze.lake.services.locks import writing_lock
from zhiyin.analyze.lake.services.sync import sync_organisation
from zhiyin.common import clock

GARBAGE_EVERY_SECONDS = 60.0
_collected_at: dict[int, float] = {}


def keep_up(organisation: Organisation) -> None:
    """Sync if there is something to sync; delete what has been retired for long."""
    manifest = read_manifest(organisation.pk)
    if is_behind(organisation.pk, manifest):
        sync_organisation(organisation=organisation)
    elif manifest is not None and _is_time(organisation.pk):
        with writing_lock(organisation.pk) as held:
            if held:
                collect_garbage(organisation.pk)


def record_failure(organisation: Organisation, error: Exception) -> None:
    """Keep what went wrong where people look for it; the next success clears it."""
    LakeState.objects.update_or_create(
        organisation=organisation,
        defaults={
            "failed_at": clock.now(),
            "failure": f"{type(error).__name__}: {error}"[:500],
        },
    )


def _is_time(organisation_id: int) -> bool:
    now = time.monotonic()
    last = _collected_at.get(organisation_id)
    if last is not None and now - last < GARBAGE_EVERY_SECONDS:
        return False
    _collected_at[organisation_id] = now
    return True
