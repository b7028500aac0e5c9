"""A person's notices: the list, and how many are unread."""

from __future__ import annotations

from dataclasses import dataclass

from zhiyin.accounts.models import Person
from zhiyin.act.notices.models import Notice, NoticeQuerySet

# The bell shows no larger number.
COUNTED_TO = 99


@dataclass(frozen=True)
class NoticeFilter:
    """What the list is narrowed to; empty narrows nothing."""

    unread: bool = False
    kind: str = ""


def narrowed(person: Person, wanted: NoticeFilter) -> NoticeQuerySet:
    """Return a person's notices, narrowed, newest first."""
    rows: NoticeQuerySet = Notice.objects.visible_to(person)
    if wanted.unread:
        rows = rows.unread()
    return rows.filter(kind=wanted.kind) if wanted.kind else rows


def unread_count(person: Person) -> int:
    """Return how many notices a person has not read, counted to a limit."""
    rows = Notice.objects.filter(person=person).unread().order_by()
    return rows[: COUNTED_TO + 1].count()
