"""Writes of notices."""

from __future__ import annotations

from zhiyin.act.notices.services.approvals import tell_of_approvals
from zhiyin.act.notices.services.delivering import deliver_due
from zhiyin.act.notices.services.reading import (
    forget_old_notices,
    mark_all_read,
    mark_read,
)
from zhiyin.act.notices.services.telling import Telling, notify, notify_many
from zhiyin.act.notices.services.wishing import (
    PersonalWishes,
    save_wishes,
)

__all__ = [
    "PersonalWishes",
    "Telling",
    "deliver_due",
    "forget_old_notices",
    "mark_all_read",
    "mark_read",
    "notify",
    "notify_many",
    "save_wishes",
    "tell_of_approvals",
]
