"""What the worker does for programmes."""

from __future__ import annotations

from zhiyin.common import worker
from zhiyin.listen.programs.services import (
    collecting,
    lifecycle,
    lifecycle_optouts,
    quotas,
    sending,
    sending_reminders,
    waves,
)

_OFTEN, _SOMETIMES, _SELDOM = 2.0, 10.0, 60.0


def register_tasks() -> None:
    """Tell the worker what there is to do and how often to look."""
    worker.register("programs.collect_events", _OFTEN, collecting.collect_events)
    worker.register("programs.tend_waves", _SELDOM, waves.tend_waves)
    worker.register("programs.tend_quotas", _SELDOM, quotas.tend_quotas)
    worker.register("programs.send_due_members", _OFTEN, sending.send_due_members)
    worker.register("programs.take_opt_outs", _OFTEN, lifecycle_optouts.take_opt_outs)
    worker.register("programs.follow_messages", _SOMETIMES, lifecycle.follow_messages)
    worker.register("programs.expire_members", _SELDOM, sending.expire_members)
    worker.register(
        "programs.send_reminders", _SELDOM, sending_reminders.send_reminders
    )
