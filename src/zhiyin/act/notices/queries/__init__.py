"""Reads of notices."""

from __future__ import annotations

from zhiyin.act.notices.queries.kinds import Kind, kind_of, kinds, register_kind
from zhiyin.act.notices.queries.listing import (
    NoticeFilter,
    narrowed,
    unread_count,
)
from zhiyin.act.notices.queries.wishes import Wish, wish_of, wishes_of

__all__ = [
    "Kind",
    "NoticeFilter",
    "Wish",
    "kind_of",
    "kinds",
    "narrowed",
    "register_kind",
    "unread_count",
    "wish_of",
    "wishes_of",
]
