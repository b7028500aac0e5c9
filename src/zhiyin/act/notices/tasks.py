"""What the worker does for notices."""

from __future__ import annotations

from zhiyin.act.notices.services import deliver_due, forget_old_notices
from zhiyin.common import worker


def register_tasks() -> None:
    """Tell the worker to hand over what is due, and to forget what is old."""
    worker.register("notices.deliver", 2.0, deliver_due)
    worker.register("notices.forget", 3600.0, forget_old_notices)
