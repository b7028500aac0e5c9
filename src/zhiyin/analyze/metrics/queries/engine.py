"""The engine of this process: opened once, used by every request in turn."""

from __future__ import annotations

import threading

from django.conf import settings

from cxstats.engine import Engine, open_engine

_local = threading.local()


def shared_engine() -> Engine:
    """Return this thread's engine; the address comes from the settings."""
    engine: Engine | None = getattr(_local, "engine", None)
    if engine is None:
        engine = open_engine(settings.ENGINE_URL)
        _local.engine = engine
    return engine
