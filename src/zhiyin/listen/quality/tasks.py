"""What the worker does for the quality of answers."""

from __future__ import annotations

from zhiyin.common import worker
from zhiyin.listen.quality import services

_HOUR_SECONDS = 3600.0


def register_tasks() -> None:
    """Tell the worker what there is to do and how often to look."""
    worker.register("quality.clean", 1.0, services.work_next)
    worker.register("quality.nightly", _HOUR_SECONDS, services.start_nightly_runs)
