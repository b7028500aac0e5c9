"""The engine of this process: opened once, shared by all requests."""

from __future__ import annotations

import os
import threading

from django.conf import settings

from cxstats.engine import Engine, open_engine

_lock = threading.Lock()
_opened: dict[tuple[int, str], Engine] = {}


def shared_engine() -> Engine:
    """Return this process's engine; the address comes from the settings.

    Engines are safe to share between threads, and what one request taught the engine
    about the files serves the next. A forked process opens its own.
    """
    key = (os.getpid(), settings.ENGINE_URL)
    engine = _opened.get(key)
    if engine is None:
        with _lock:
            engine = _opened.get(key) or open_engine(settings.ENGINE_URL)
            _opened[key] = engine
    return engine
