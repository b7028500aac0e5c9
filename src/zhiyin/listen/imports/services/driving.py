"""Serving the queue of imports: a slice of each in turn, so that none waits long."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.db import OperationalError

from zhiyin.common import clock
from zhiyin.listen.imports.models import Import, ImportStatus
from zhiyin.listen.imports.services.faults import ImportRefusedError
from zhiyin.listen.imports.services.profiling import look_at_import
from zhiyin.listen.imports.services.running import ClaimLostError, Run, claim, stop
from zhiyin.listen.imports.services.tables import run_of
from zhiyin.listen.imports.services.undoing import undo_some

logger = logging.getLogger(__name__)

SLICE_SECONDS = 2.0
_MOST_AT_ONCE = 3

# Imports this process works on: a reader stays open between two slices. What is in
# the database suffices to go on without it.
_open: dict[int, Run] = {}


def look_at_next() -> bool:
    """Look at one uploaded import; False when none waits."""
    waiting = Import.objects.claimable(
        ImportStatus.UPLOADED,
        ImportStatus.PROFILING,
        at=clock.now(),
    )
    for batch in waiting[:_MOST_AT_ONCE]:
        if claim(batch, waiting=ImportStatus.UPLOADED, working=ImportStatus.PROFILING):
            look_at_import(batch=batch)
            return True
    return False


def run_some() -> bool:
    """Do a slice of one import, the one that waited longest; False when none waits."""
    _take_queued()
    if not _open:
        return False
    pk = next(iter(_open))
    run = _open.pop(pk)
    until = time.monotonic() + SLICE_SECONDS
    if drive(run, lambda: time.monotonic() < until):
        _open[pk] = run
    return True


def undo_next() -> bool:
    """Take back a slice of one import; False when none is being undone."""
    for batch in Import.objects.filter(status=ImportStatus.UNDOING)[:1]:
        undo_some(batch=batch)
        return True
    return False


def _take_queued() -> None:
    waiting = Import.objects.claimable(
        ImportStatus.QUEUED,
        ImportStatus.RUNNING,
        at=clock.now(),
    ).exclude(pk__in=_open)
    for batch in waiting[: max(0, _MOST_AT_ONCE - len(_open))]:
        if run := begin(batch):
            _open[batch.pk] = run


def begin(batch: Import) -> Run | None:
    """Claim a queued import; None where another process took it."""
    taken = claim(batch, waiting=ImportStatus.QUEUED, working=ImportStatus.RUNNING)
    return run_of(batch) if taken else None


def drive(run: Run, go_on: Callable[[], bool]) -> bool:
    """Work on an import while `go_on` says so; True while there is more to do.

    What stops it is written down with the import. A database that does not answer is
    not the import's fault: the claim is left to go stale and the work is taken up.
    """
    failed = ImportStatus.FAILED
    try:
        while run.step():
            if not go_on():
                return True
    except ClaimLostError:
        _settle_lost(run.batch)
    except ImportRefusedError as refusal:
        stop(batch=run.batch, status=failed, refusal=refusal)
    except OperationalError:
        raise
    except Exception:
        logger.exception("import %s failed", run.batch.pk)
        unexpected = ImportRefusedError("unexpected")
        stop(batch=run.batch, status=failed, refusal=unexpected)
    return False


def _settle_lost(batch: Import) -> None:
    """End an import that was cancelled; leave one that another worker has."""
    if Import.objects.filter(pk=batch.pk, cancel_requested=True).exists():
        stop(batch=batch, status=ImportStatus.CANCELLED, refusal=None)
