"""What the worker does for data protection."""

from __future__ import annotations

from zhiyin.act.privacy import services
from zhiyin.common import worker

_OFTEN, _SELDOM, _HOUR_SECONDS = 5.0, 60.0, 3600.0


def register_tasks() -> None:
    """Tell the worker what there is to do and how often to look."""
    worker.register("privacy.erase", _OFTEN, services.work_next)
    worker.register("privacy.purge", _OFTEN, services.purge_next)
    worker.register("privacy.purge_nightly", _HOUR_SECONDS, services.purge_nightly)
    worker.register("privacy.forget_codes", _HOUR_SECONDS, services.forget_codes)
    worker.register("privacy.remind", _SELDOM, services.remind_owners)
