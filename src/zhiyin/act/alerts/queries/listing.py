"""The list of alerts, and one alert with what was said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils.translation import get_language

from zhiyin.accounts.models import AuditEntry, Person
from zhiyin.accounts.services import action_label
from zhiyin.act.alerts.models import Alert, AlertRule
from zhiyin.act.alerts.models.alerts import AlertQuerySet
from zhiyin.act.alerts.queries.feelings import aspect_names, feelings_of
from zhiyin.act.alerts.queries.history import Occasion
from zhiyin.act.alerts.queries.payloads import with_payload
from zhiyin.listen.programs.models import Touchpoint
from zhiyin.listen.responses.models import Response

PER_PAGE = 50
STATES = ("open", "case", "dismissed", "all")
COUNTED_TO = 1_000
HISTORY = 12


@dataclass(frozen=True)
class AlertFilter:
    """What the list is narrowed to; empty narrows nothing."""

    state: str = "open"
    rule: int | None = None
    is_mine: bool = False
    given_class: str = ""
    before: int | None = None


@dataclass(frozen=True)
class AlertPage:
    """A page of the list; `next_key` leads to the older ones."""

    alerts: list[Alert]
    next_key: int | None


def narrowed(person: Person, wanted: AlertFilter) -> AlertQuerySet:
    """Return the alerts a person may see, narrowed, newest first."""
    rows: AlertQuerySet = Alert.objects.visible_to(person)
    if wanted.state == "open":
        rows = rows.open()
    elif wanted.state == "case":
        rows = rows.filter(handled_at__isnull=False)
    elif wanted.state == "dismissed":
        rows = rows.filter(dismissed_at__isnull=False)
    if wanted.rule:
        rows = rows.filter(rule=wanted.rule)
    if wanted.is_mine:
        rows = rows.filter(owner=person)
    if wanted.given_class:
        rows = rows.filter(given_class=wanted.given_class)
    return rows.order_by("-pk")


def alert_page(person: Person, wanted: AlertFilter, size: int = PER_PAGE) -> AlertPage:
    """Return one page of alerts with what the list shows of each."""
    rows = narrowed(person, wanted)
    if wanted.before:
        rows = rows.filter(pk__lt=wanted.before)
    shown = list(with_payload(rows)[: size + 1])
    more = len(shown) > size
    shown = shown[:size]
    name_touchpoints(person, shown)
    return AlertPage(shown, shown[-1].pk if more else None)


def name_touchpoints(person: Person, alerts: Iterable[Alert]) -> None:
    """Write the names of touchpoints in the place of their codes; for showing only."""
    rows = Touchpoint.objects.visible_to(person)
    names = dict(
        rows.filter(code__in={each.touchpoint for each in alerts}).values_list(
            "code", "name"
        )
    )
    for each in alerts:
        each.touchpoint = names.get(each.touchpoint, each.touchpoint)


def count_by_state(person: Person, wanted: AlertFilter) -> dict[str, int]:
    """Return how many alerts there are in each state, counted to a limit."""
    counted = {}
    for state in ("open", "case", "dismissed"):
        one = AlertFilter(state, wanted.rule, wanted.is_mine, wanted.given_class)
        counted[state] = narrowed(person, one).order_by()[: COUNTED_TO + 1].count()
    return counted


@dataclass(frozen=True)
class Reading:
    """What the models see in a comment, for a person to judge."""

    sentiment: str
    aspects: list[str]


def reading_of(alert: Alert) -> Reading | None:
    """Return what the comment of an alert's answer seems to say."""
    if alert.response is None or not alert.response.comment.strip():
        return None
    (feeling,) = feelings_of([alert.response.comment])
    names = dict(aspect_names(get_language() or settings.LANGUAGE_CODE))
    deepest = [
        code
        for code in feeling.aspects
        if not any(other.startswith(f"{code}/") for other in feeling.aspects)
    ]
    return Reading(feeling.sentiment, [names.get(code, code) for code in deepest])


def others_of(person: Person, alert: Alert, limit: int = 8) -> list[Alert]:
    """Return further alerts of the same customer that a person may see."""
    if alert.customer_id is None:
        return []
    rows = Alert.objects.visible_to(person).filter(customer=alert.customer_id)
    return list(rows.exclude(pk=alert.pk).select_related("rule")[:limit])


def rules_of(person: Person) -> QuerySet[AlertRule]:
    """Return the rules of a person's organisation with how often they rang."""
    return (
        AlertRule.objects.visible_to(person)
        .annotate(
            raised=Count("alerts"),
            waiting=Count(
                "alerts",
                filter=Q(alerts__handled_at=None, alerts__dismissed_at=None),
            ),
        )
        .select_related("switched_by", "owner_person")
        .order_by("-is_on", "name", "pk")
    )


@dataclass(frozen=True)
class Change:
    """One thing that was done to a rule, in words."""

    words: str
    entry: AuditEntry


def changes_of(rule: AlertRule) -> list[Change]:
    """Return who did what to a rule and when, the newest first."""
    rows = AuditEntry.objects.of(rule.organisation_id).filter(
        object_type=rule._meta.label,  # noqa: SLF001 Django's own word for it.
        object_id=str(rule.pk),
    )
    return [Change(action_label(each.action), each) for each in rows[:HISTORY]]


def seen_examples(person: Person, examples: Iterable[Occasion]) -> list[Occasion]:
    """Return those examples of a trial whose answers a person may read."""
    numbers = [each.response.pk for each in examples if each.response]
    seen = set(
        Response.objects.visible_to(person)
        .filter(pk__in=numbers)
        .values_list("pk", flat=True)
    )
    return [
        each for each in examples if each.response is None or each.response.pk in seen
    ]
