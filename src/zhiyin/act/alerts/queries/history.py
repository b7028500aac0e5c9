"""A rule tried on what was: which alerts it would have raised, and of how many."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from zhiyin.act.alerts.models import AlertRule, RuleKind
from zhiyin.act.alerts.queries.facts import facts_of, facts_of_events, with_facts
from zhiyin.act.alerts.queries.matching import facts_wanted, matches
from zhiyin.act.alerts.queries.silences import silent_events
from zhiyin.common import clock
from zhiyin.listen.customers.models import CustomerEvent
from zhiyin.listen.responses.models import Response

DAYS = 30
BATCH = 500
# Of more answers only the newest are tried; the share is theirs.
MOST_TRIED = 10_000
EXAMPLES = 8
# From this share on a rule is no signal any more, judged by at least so many.
TOO_MANY_SHARE = 0.3
FEWEST_JUDGED = 20


@dataclass(frozen=True)
class Occasion:
    """Something the rule would have matched."""

    at: dt.datetime
    customer_id: int | None
    response: Response | None = None
    event: CustomerEvent | None = None


@dataclass
class Trial:
    """What came of trying a rule on the last days.

    `alerts` counts what would have been raised, several matches of one customer within
    the rule's days being one; `matched` counts the matches among the `tried`.
    """

    days: int
    tried: int = 0
    matched: int = 0
    alerts: int = 0
    is_cut: bool = False
    weeks: list[tuple[dt.date, int]] = field(default_factory=list)
    examples: list[Occasion] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Return the share of what was tried that matched, 0 to 1."""
        return self.matched / self.tried if self.tried else 0.0

    @property
    def matches_everything(self) -> bool:
        """Tell whether the rule tells nothing apart."""
        return self.tried >= FEWEST_JUDGED and self.matched == self.tried

    @property
    def is_too_broad(self) -> bool:
        """Tell whether so much matches that nobody could follow it."""
        return self.tried >= FEWEST_JUDGED and self.share >= TOO_MANY_SHARE


def try_rule(rule: AlertRule, days: int = DAYS) -> Trial:
    """Try a rule, saved or not, on the last days; nothing is written."""
    trial = Trial(days)
    since = clock.now() - dt.timedelta(days=days)
    looks = {RuleKind.SILENCE: _silent, RuleKind.EVENT: _told}
    found = list(looks.get(RuleKind(rule.kind), _answered)(rule, trial, since))
    trial.matched = len(found)
    found.sort(key=lambda each: each.at)
    raised = _first_of_each(rule, found)
    trial.alerts = len(raised)
    trial.weeks = _by_week(rule, raised, since)
    trial.examples = raised[::-1][:EXAMPLES]
    return trial


def _answered(
    rule: AlertRule,
    trial: Trial,
    since: dt.datetime,
) -> Iterator[Occasion]:
    rows = (
        Response.objects.of(rule.organisation_id)
        .filter(
            responded_at__gte=since,
            excluded="",
            instrument_version__instrument__is_anonymous=False,
        )
        .exclude(customer__is_test=True)
        .exclude(customer__is_staff=True)
        .order_by("-responded_at")
    )
    numbers = list(rows.values_list("pk", flat=True)[: MOST_TRIED + 1])
    trial.is_cut = len(numbers) > MOST_TRIED
    numbers = numbers[:MOST_TRIED]
    trial.tried = len(numbers)
    wanted = facts_wanted([rule])
    for start in range(0, len(numbers), BATCH):
        part = list(
            with_facts(Response.objects.filter(pk__in=numbers[start : start + BATCH]))
        )
        facts = facts_of(part, wanted)
        for each in part:
            if matches(rule, facts[each.pk]):
                yield Occasion(each.responded_at, each.customer_id, response=each)


def _silent(rule: AlertRule, trial: Trial, since: dt.datetime) -> Iterator[Occasion]:
    now = clock.now()
    days = dt.timedelta(days=rule.silence_days)
    trial.tried = (
        CustomerEvent.objects.of(rule.organisation_id)
        .filter(
            kind__in=rule.events,
            occurred_at__gte=since - days,
            occurred_at__lte=now - days,
        )
        .count()
    )
    events = list(silent_events(rule, since, now)[:MOST_TRIED])
    facts = facts_of_events(events, facts_wanted([rule]))
    for each in events:
        if matches(rule, facts[each.pk]):
            yield Occasion(each.occurred_at + days, each.customer_id, event=each)


def _told(rule: AlertRule, trial: Trial, since: dt.datetime) -> Iterator[Occasion]:
    rows = (
        CustomerEvent.objects.of(rule.organisation_id)
        .filter(kind__in=rule.events, occurred_at__gte=since)
        .exclude(customer__is_test=True)
        .exclude(customer__is_staff=True)
    )
    related = rows.select_related("customer__department", "department")
    events = list(related.order_by("-pk")[: MOST_TRIED + 1])
    trial.is_cut = len(events) > MOST_TRIED
    events = events[:MOST_TRIED]
    trial.tried = len(events)
    facts = facts_of_events(events, facts_wanted([rule]))
    for each in events:
        if matches(rule, facts[each.pk]):
            yield Occasion(each.occurred_at, each.customer_id, event=each)


def _first_of_each(rule: AlertRule, found: Sequence[Occasion]) -> list[Occasion]:
    """Return what raises an alert: the first of a customer within the rule's days."""
    span = dt.timedelta(days=rule.dedupe_days)
    last: dict[int, dt.datetime] = {}
    raised = []
    for each in found:
        before = last.get(each.customer_id) if each.customer_id else None
        if before is not None and each.at - before < span:
            continue
        raised.append(each)
        if each.customer_id:
            last[each.customer_id] = each.at
    return raised


def _by_week(
    rule: AlertRule,
    raised: Sequence[Occasion],
    since: dt.datetime,
) -> list[tuple[dt.date, int]]:
    """Return the Mondays since then, each with its alerts."""
    zone = ZoneInfo(rule.organisation.time_zone)
    counted = Counter(_monday(each.at.astimezone(zone).date()) for each in raised)
    week, last = (
        _monday(moment.astimezone(zone).date()) for moment in (since, clock.now())
    )
    weeks = []
    while week <= last:
        weeks.append((week, counted[week]))
        week += dt.timedelta(days=7)
    return weeks


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())
