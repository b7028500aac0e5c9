"""What this process has computed already, for as long as the lake is the same.

Answers are frozen, so they are handed out as they are. The lake's version is part of
every key: a new answer makes old entries unreachable instead of wrong, and the least
recently used ones make room.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

from zhiyin.analyze.lake.queries import LakeSnapshot
from zhiyin.analyze.metrics.queries.selection import Selection

ENTRIES = 2_000
_Value = TypeVar("_Value")
_kept: OrderedDict[str, Any] = OrderedDict()
_lock = threading.Lock()


def remembered(
    snapshot: LakeSnapshot,
    selection: Selection,
    what: str,
    make: Callable[[], _Value],
) -> _Value:
    """Return an answer made before from the same data, else make it."""
    owner = f"{selection.organisation_id}|{snapshot.version}"
    return remembered_under(f"{owner}|{what}|{selection.cache_key()}", make)


def remembered_under(key: str, make: Callable[[], _Value]) -> _Value:
    """Return what was kept under a key, else make and keep it.

    Two requests at the same time may both make it, which is cheaper than to have one
    wait for the other's slow question.
    """
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            found: _Value = _kept[key]
            return found
    made = make()
    with _lock:
        _kept[key] = made
        while len(_kept) > ENTRIES:
            _kept.popitem(last=False)
    return made


def forget_everything() -> None:
    """Start anew, as a measurement of the first request needs it."""
    with _lock:
        _kept.clear()
