"""One writer for each organisation's lake."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from zhiyin.analyze.lake.queries.places import lock_path


@contextmanager
def writing_lock(organisation_id: int, *, wait: bool = False) -> Iterator[bool]:
    """Hold the lake for writing; yields False when somebody else holds it.

    The kernel lets go of the lock when its holder dies, however he dies, so that
    nothing has to expire before the next one may go on.
    """
    path = lock_path(organisation_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o640)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)
