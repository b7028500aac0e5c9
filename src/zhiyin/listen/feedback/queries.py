"""Unasked feedback: found by words, channel and time; on the customer's time line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from zhiyin.accounts.models import Person
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.queries import Moment, MomentKind, register_source
from zhiyin.listen.feedback.models import (
    Feedback,
    FeedbackChannel,
    FeedbackQuerySet,
)


def feedback_found(
    person: Person,
    *,
    words: Iterable[str] = (),
    channel: str = "",
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
) -> FeedbackQuerySet:
    """Return feedback a person may read that has all the words, newest first."""
    rows = Feedback.objects.visible_to(person).select_related("customer", "department")
    for word in words:
        rows = rows.filter(text__icontains=word)
    if channel in FeedbackChannel.values:
        rows = rows.filter(channel=channel)
    if since is not None:
        rows = rows.filter(at__gte=since)
    if until is not None:
        rows = rows.filter(at__lt=until)
    return rows


def feedback_of(customer: Customer, person: Person, limit: int) -> list[Moment]:
    """Return what a customer said unasked, the newest first."""
    rows = Feedback.objects.visible_to(person).filter(customer=customer)[:limit]
    return [
        Moment(
            at=said.at,
            kind=MomentKind.SAID,
            title=str(said.get_channel_display()),
            text=said.text[:500],
            text_is_theirs=True,
        )
        for said in rows
    ]


def register_sources() -> None:
    """Offer feedback to the customer's time line."""
    register_source("feedback", feedback_of)
