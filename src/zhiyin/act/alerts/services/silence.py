"""Silence: an event after which nobody was in touch with the customer for days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from zhiyin.act.alerts.models import AlertHit, AlertRule, RuleKind, ScreeningMark
from zhiyin.act.alerts.queries.facts import facts_of_events
from zhiyin.act.alerts.queries.matching import facts_wanted, matches
from zhiyin.act.alerts.queries.owners import OwnerBook
from zhiyin.act.alerts.queries.silences import silent_events
from zhiyin.act.alerts.services.raising import Match, raise_alerts
from zhiyin.act.alerts.services.screening import ensure_mark
from zhiyin.common import clock
from zhiyin.listen.customers.models import CustomerEvent

BATCH = 250
# A rule switched on today still looks at what fell silent this long ago.
LATE = dt.timedelta(days=7)


def watch_silence() -> bool:
    """Raise what the clock raises; return whether it raised anything."""
    rules = AlertRule.objects.live().filter(kind=RuleKind.SILENCE)
    return sum(_watch(rule) for rule in rules) > 0


def _watch(rule: AlertRule) -> int:
    now = clock.now()
    met = set(AlertHit.objects.filter(rule=rule).values_list("key", flat=True))
    rows = silent_events(rule, now - LATE, now)
    events = [each for each in rows if f"event:{each.pk}" not in met]
    if not events:
        return 0
    ensure_mark(rule.organisation_id)
    book = OwnerBook.of(rule.organisation_id)
    made = 0
    for start in range(0, len(events), BATCH):
        found = matching_events(rule, events[start : start + BATCH])
        with transaction.atomic():
            ScreeningMark.objects.select_for_update().get(
                organisation=rule.organisation_id
            )
            made += raise_alerts(
                organisation_id=rule.organisation_id,
                matches=found,
                book=book,
            )
    return made


def matching_events(rule: AlertRule, events: Sequence[CustomerEvent]) -> list[Match]:
    """Return the events whose facts the rule's condition accepts."""
    facts = facts_of_events(events, facts_wanted([rule]))
    return [
        Match(rule, event=event) for event in events if matches(rule, facts[event.pk])
    ]
