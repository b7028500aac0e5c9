"""Through which senders notices leave the page."""

from __future__ import annotations

from zhiyin.accounts.models import Person
from zhiyin.act.notices.models import Way
from zhiyin.channels.models import (
    ChannelAccount,
    Medium,
    WebhookEndpoint,
    WebhookEvent,
)

_MEDIA = {Way.EMAIL: Medium.EMAIL, Way.WECOM: Medium.WECOM}


def sender_of(person: Person, way: str) -> ChannelAccount | None:
    """Return the sender that notices of a way go through, the oldest enabled one."""
    accounts = ChannelAccount.objects.of(person.organisation_id)
    medium = _MEDIA[Way(way)]
    usable = (
        each
        for each in accounts.filter(is_enabled=True).order_by("pk")
        if each.known_kind is not None and each.known_kind.medium == medium
    )
    return next(usable, None)


def listeners_of(person: Person) -> list[WebhookEndpoint]:
    """Return the endpoints that are told of people's notices."""
    return [
        each
        for each in WebhookEndpoint.objects.of(person.organisation_id)
        if WebhookEvent.NOTICE_CREATED in each.events
    ]


def missing_ways(person: Person) -> list[str]:
    """Return the ways that nobody has set up yet, in words."""
    there = {way: sender_of(person, way) is not None for way in _MEDIA}
    there[Way.WEBHOOK] = bool(listeners_of(person))
    return [str(way.label) for way in Way if not there[way]]
