"""Writes of notices."""

from __future__ import annotations

from zhiyin.act.notices.services.delivering import deliver_due
from zhiyin.act.notices.services.reading import (
    forget_old_notices,
    mark_all_read,
    mark_read,
)
from zhiyin.act.notices.services.telling import notify
from zhiyin.act.notices.services.wishing import (
    PersonalWishes,
    save_wishes,
)

__all__ = [
    "PersonalWishes",
    "deliver_due",
    "forget_old_notices",
    "mark_all_read",
    "mark_read",
    "notify",
    "save_wishes",
]
