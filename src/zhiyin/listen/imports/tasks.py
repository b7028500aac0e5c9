"""What the worker does for imports."""

from __future__ import annotations

from zhiyin.common import worker
from zhiyin.listen.imports import services
from zhiyin.listen.imports.services import dropping

_HOUR_SECONDS = 3600.0
_DROP_SECONDS = 10.0


def register_tasks() -> None:
    """Tell the worker what there is to do and how often to look."""
    worker.register("imports.look", 1.0, services.look_at_next)
    worker.register("imports.run", 1.0, services.run_some)
    worker.register("imports.undo", 1.0, services.undo_next)
    worker.register("imports.pick_up", _DROP_SECONDS, dropping.pick_up_next)
    worker.register("imports.forget_dropped", _HOUR_SECONDS, dropping.forget_old)
    worker.register("imports.delete_files", _HOUR_SECONDS, services.delete_old_files)
