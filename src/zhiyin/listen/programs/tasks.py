"""What the worker does for programmes."""

from __future__ import annotations

from zhiyin.common import worker
from zhiyin.listen.programs.services import (
    lifecycle,
    lifecycle_optouts,
    sending,
    sending_reminders,
)

_OFTEN, _SOMETIMES, _SELDOM = 2.0, 10.0, 60.0


def register_tasks() -> None:
    """Tell the worker what there is to do and how often to look."""
    worker.register("programs.send_due_members", _OFTEN, sending.send_due_members)
    worker.register("programs.take_opt_outs", _OFTEN, lifecycle_optouts.take_opt_outs)
    worker.register("programs.follow_messages", _SOMETIMES, lifecycle.follow_messages)
    worker.register("programs.expire_members", _SELDOM, sending.expire_members)
    worker.register(
        "programs.send_reminders", _SELDOM, sending_reminders.send_reminders
    )
