"""Background work of work orders."""

from __future__ import annotations

from zhiyin.act.workorders.services import tell_systems
from zhiyin.common.worker import register


def register_tasks() -> None:
    """Tell other systems every few seconds what changed."""
    register("workorders.tell", 3.0, tell_systems)
