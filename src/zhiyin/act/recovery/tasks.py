"""What the worker does for recovery."""

from __future__ import annotations

from zhiyin.act.recovery import services
from zhiyin.common import worker

_OFTEN, _SOMETIMES, _SELDOM = 5.0, 10.0, 60.0


def register_tasks() -> None:
    """Tell the worker what there is to do and how often to look."""
    worker.register("recovery.follow_closed", _OFTEN, services.follow_closed)
    worker.register("recovery.follow_reopened", _OFTEN, services.follow_reopened)
    worker.register("recovery.send_tellings", _OFTEN, services.send_due_tellings)
    worker.register("recovery.follow_messages", _SOMETIMES, services.follow_messages)
    worker.register("recovery.link_answers", _SOMETIMES, services.link_answers)
    worker.register("recovery.find_praise", _SELDOM, services.find_praise)
    worker.register("recovery.route_praise", _SOMETIMES, services.route_praise)
