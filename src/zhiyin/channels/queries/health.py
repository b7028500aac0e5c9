"""How sending goes: what waits, what went, what failed, what nobody knows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Min, QuerySet
from django.db.models.functions import TruncHour

from zhiyin.accounts.models import Person
from zhiyin.channels.models import ChannelAccount, Message, MessageState
from zhiyin.channels.queries.listing import accounts_of
from zhiyin.common import clock

HOURS = 24
_OPEN = (MessageState.QUEUED, MessageState.SENDING, MessageState.UNCERTAIN)


@dataclass(frozen=True)
class Hour:
    """One hour of sending; shares are of the busiest hour, in percent."""

    begins_at: dt.datetime
    sent: int
    failed: int
    sent_share: int
    failed_share: int


@dataclass(frozen=True)
class Health:
    """One look at all senders of an organisation."""

    accounts: list[ChannelAccount]
    queued: int
    oldest_at: dt.datetime | None
    oldest_minutes: int
    sending: int
    uncertain: int
    hours: list[Hour]

    @property
    def sent(self) -> int:
        """Return how many were sent in all hours shown."""
        return sum(hour.sent for hour in self.hours)

    @property
    def failed(self) -> int:
        """Return how many failed in all hours shown."""
        return sum(hour.failed for hour in self.hours)


def health_of(person: Person) -> Health:
    """Return the state of sending over the last 24 hours."""
    now = clock.now()
    rows = Message.objects.visible_to(person)
    waiting = dict(
        rows.filter(state__in=_OPEN)
        .order_by()
        .values_list("state")
        .annotate(number=Count("pk")),
    )
    oldest: dt.datetime | None = rows.due(now).aggregate(at=Min("next_attempt_at"))[
        "at"
    ]
    return Health(
        accounts=list(accounts_of(person)),
        queued=waiting.get(MessageState.QUEUED, 0),
        oldest_at=oldest,
        oldest_minutes=int((now - oldest).total_seconds() // 60) if oldest else 0,
        sending=waiting.get(MessageState.SENDING, 0),
        uncertain=waiting.get(MessageState.UNCERTAIN, 0),
        hours=_hours(rows, now),
    )


def _hours(rows: QuerySet[Message], now: dt.datetime) -> list[Hour]:
    first = now.replace(minute=0, second=0, microsecond=0) - dt.timedelta(
        hours=HOURS - 1,
    )
    sent = _per_hour(rows.filter(sent_at__gte=first), "sent_at")
    failed = _per_hour(
        rows.filter(state=MessageState.FAILED, finished_at__gte=first),
        "finished_at",
    )
    most = max([1, *sent.values(), *failed.values()])
    hours = [first + dt.timedelta(hours=number) for number in range(HOURS)]
    return [
        Hour(
            hour,
            sent.get(hour, 0),
            failed.get(hour, 0),
            round(100 * sent.get(hour, 0) / most),
            round(100 * failed.get(hour, 0) / most),
        )
        for hour in hours
    ]


def _per_hour(rows: QuerySet[Message], field: str) -> dict[dt.datetime, int]:
    counted = (
        rows.order_by()
        .annotate(hour=TruncHour(field, tzinfo=dt.UTC))
        .values("hour")
        .annotate(number=Count("pk"))
    )
    return {row["hour"]: row["number"] for row in counted}
