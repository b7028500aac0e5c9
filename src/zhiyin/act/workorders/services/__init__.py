"""Writes about work orders."""

from __future__ import annotations

from zhiyin.act.workorders.services.seeing import see_conflicts
from zhiyin.act.workorders.services.systems import (
    delete_system,
    may_exchange,
    save_system,
    set_system_live,
)
from zhiyin.act.workorders.services.telling import tell_systems

__all__ = [
    "delete_system",
    "may_exchange",
    "save_system",
    "see_conflicts",
    "set_system_live",
    "tell_systems",
]
