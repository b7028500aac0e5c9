"""Writes of recovery: telling, asking again, passing praise on."""

from __future__ import annotations

from zhiyin.act.recovery.services.following import follow_closed, follow_reopened
from zhiyin.act.recovery.services.following_messages import follow_messages
from zhiyin.act.recovery.services.news import News, send_news
from zhiyin.act.recovery.services.praising import (
    find_praise,
    name_employee,
    route_praise,
)
from zhiyin.act.recovery.services.remeasuring import link_answers
from zhiyin.act.recovery.services.settings import (
    save_closing_text,
    save_loop_settings,
)
from zhiyin.act.recovery.services.telling import (
    cancel_telling,
    send_due_tellings,
    send_telling_now,
    write_telling,
)

__all__ = [
    "News",
    "cancel_telling",
    "find_praise",
    "follow_closed",
    "follow_messages",
    "follow_reopened",
    "link_answers",
    "name_employee",
    "route_praise",
    "save_closing_text",
    "save_loop_settings",
    "send_due_tellings",
    "send_news",
    "send_telling_now",
    "write_telling",
]
