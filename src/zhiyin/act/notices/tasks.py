"""What the worker does for notices."""

from __future__ import annotations

from zhiyin.act.notices.services import (
    deliver_due,
    forget_old_notices,
    tell_of_approvals,
)
from zhiyin.common import worker


def register_tasks() -> None:
    """Tell the worker to tell of approvals, to deliver, and to forget what is old."""
    worker.register("notices.approvals", 2.0, tell_of_approvals)
    worker.register("notices.deliver", 2.0, deliver_due)
    worker.register("notices.forget", 3600.0, forget_old_notices)
