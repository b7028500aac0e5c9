"""Events as they are told: each is looked at once by every rule on events.

An organisation's events are numbered in the order in which they are committed, so a
rule goes on from the last one it saw. Alerts and the rule's mark are written in one
transaction: killed anywhere, a run leaves all of it or nothing.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Greatest

from zhiyin.act.alerts.models import AlertRule, RuleKind, ScreeningMark
from zhiyin.act.alerts.queries.owners import OwnerBook
from zhiyin.act.alerts.services.raising import raise_alerts
from zhiyin.act.alerts.services.screening import ensure_mark
from zhiyin.act.alerts.services.silence import matching_events
from zhiyin.common import clock
from zhiyin.listen.customers.models import CustomerEvent
from zhiyin.listen.customers.queries import events_after

# Written in one transaction: few, so that whoever tells events does not wait.
BATCH = 200
# What happened longer ago is history that somebody told late, and not news.
FRESH = dt.timedelta(days=14)


def screen_events() -> bool:
    """Raise what new events are to raise; True when there may be more."""
    rules = AlertRule.objects.live().filter(kind=RuleKind.EVENT)
    worked = [_screen(rule) for rule in rules]
    return any(worked)


def newest_event(organisation_id: int) -> int:
    """Return the number of the newest event that was told."""
    rows = CustomerEvent.objects.of(organisation_id)
    return rows.aggregate(newest=Max("pk"))["newest"] or 0


def _screen(rule: AlertRule) -> bool:
    rows = events_after(rule.organisation_id, rule.events, rule.seen_event_id)
    related = rows.select_related("customer__department", "department")
    events = list(related[:BATCH])
    if not events:
        return False
    oldest = clock.now() - FRESH
    news = [
        each
        for each in events
        if each.occurred_at >= oldest
        and not (each.customer.is_test or each.customer.is_staff)
    ]
    found = matching_events(rule, news)
    ensure_mark(rule.organisation_id)
    book = OwnerBook.of(rule.organisation_id)
    with transaction.atomic():
        # Taken for the lock: one worker at a time raises for an organisation.
        ScreeningMark.objects.select_for_update().get(organisation=rule.organisation_id)
        raise_alerts(organisation_id=rule.organisation_id, matches=found, book=book)
        AlertRule.objects.filter(pk=rule.pk).update(
            seen_event_id=Greatest("seen_event_id", events[-1].pk)
        )
    return True
