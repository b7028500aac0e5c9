"""From matches to alerts: once per occasion, and once per customer within days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from zhiyin.act.alerts.models import Alert, AlertHit, AlertRule
from zhiyin.act.alerts.queries.facts import main_answer
from zhiyin.act.alerts.queries.owners import OwnerBook
from zhiyin.common import clock
from zhiyin.listen.customers.models import CustomerEvent
from zhiyin.listen.responses.models import Response


@dataclass(frozen=True)
class Match:
    """A rule that matched on an occasion: an answer, or an event left in silence."""

    rule: AlertRule
    response: Response | None = None
    event: CustomerEvent | None = None

    @property
    def key(self) -> str:
        """Return the occasion's name: met twice, it is one."""
        if self.response is not None:
            return f"answer:{self.response.pk}"
        return f"event:{self.event.pk}" if self.event is not None else ""

    @property
    def customer_id(self) -> int | None:
        """Return whom it is about; None for an answer of nobody known."""
        source = self.response or self.event
        return source.customer_id if source else None


def raise_alerts(
    *,
    organisation_id: int,
    matches: Sequence[Match],
    book: OwnerBook,
) -> int:
    """Write alerts down; return how many are new.

    The caller holds the lock of the organisation's mark, so that nobody else raises
    alerts of the same customer meanwhile.
    """
    fresh = _unmet(matches)
    if not fresh:
        return 0
    now = clock.now()
    known = _recent(fresh, now)
    alerts: list[Alert] = []
    joined: list[tuple[Alert, Match]] = []
    for match in fresh:
        place = (match.rule.pk, match.customer_id)
        alert = known.get(place) if match.customer_id else None
        if alert is None:
            alert = _alert(organisation_id, match, book, now)
            alerts.append(alert)
            known[place] = alert
        else:
            alert.hits += 1
        joined.append((alert, match))
    Alert.objects.bulk_create(alerts)
    _count(joined, now)
    return len(alerts)


def _unmet(matches: Iterable[Match]) -> list[Match]:
    wanted = {(each.rule.pk, each.key): each for each in matches}
    met = AlertHit.objects.filter(
        rule__in={rule for rule, _key in wanted},
        key__in=[key for _rule, key in wanted],
    )
    for place in met.values_list("rule_id", "key"):
        wanted.pop(place, None)
    return list(wanted.values())


def _recent(
    matches: Sequence[Match],
    now: dt.datetime,
) -> dict[tuple[int, int | None], Alert]:
    """Return the alert that a further hit of a rule and customer is counted on."""
    rules = {each.rule.pk: each.rule for each in matches}
    longest = max(rule.dedupe_days for rule in rules.values())
    rows = Alert.objects.filter(
        rule__in=rules,
        customer__in={each.customer_id for each in matches if each.customer_id},
        raised_at__gt=now - dt.timedelta(days=longest),
        dismissed_at=None,
    ).order_by("raised_at", "pk")
    return {
        (each.rule_id, each.customer_id): each
        for each in rows
        if now - each.raised_at < dt.timedelta(days=rules[each.rule_id].dedupe_days)
    }


def _alert(
    organisation_id: int,
    match: Match,
    book: OwnerBook,
    now: dt.datetime,
) -> Alert:
    rule = match.rule
    department_id, employee = _recorded(match)
    source = match.response or match.event
    owner = book.find(rule, department_id, employee, source.pk if source else 0)
    alert = Alert(
        organisation_id=organisation_id,
        rule=rule,
        response=match.response,
        event=match.event,
        customer_id=match.customer_id,
        department_id=department_id,
        owner=owner.person,
        owner_found_by=owner.step,
        key=f"{rule.pk}:{match.key}",
        opens_case=rule.opens_case,
        level=rule.level,
        raised_at=now,
        last_hit_at=now,
    )
    if match.response is not None:
        main = main_answer(match.response)
        alert.score = main.score if main else None
        alert.given_class = main.given_class if main else ""
        alert.touchpoint = match.response.touchpoint
        alert.answered_at = match.response.responded_at
    return alert


def _recorded(match: Match) -> tuple[int | None, str]:
    """Return the department and employee recorded then, not those of today."""
    if match.response is not None:
        response, invitation = match.response, match.response.invitation
        customer = response.customer
        department = (
            response.department_id
            or (invitation.department_id if invitation else None)
            or (customer.department_id if customer else None)
        )
        return department, response.employee or (
            invitation.employee if invitation else ""
        )
    if match.event is None:
        return None, ""
    event = match.event
    return event.department_id or event.customer.department_id, event.employee


def _count(joined: Sequence[tuple[Alert, Match]], now: dt.datetime) -> None:
    AlertHit.objects.bulk_create(
        [
            AlertHit(
                alert=alert,
                rule=match.rule,
                key=match.key,
                response=match.response,
                at=now,
            )
            for alert, match in joined
        ],
    )
    counted = {alert.pk: alert for alert, _match in joined if alert.hits > 1}
    for alert in counted.values():
        alert.last_hit_at = now
    Alert.objects.bulk_update(counted.values(), ["hits", "last_hit_at"])


def forget_matches(
    *,
    response_ids: Iterable[int],
    matched: set[str],
    rules: Iterable[int],
) -> int:
    """Mark alerts whose answer was changed so that their rule matches no more.

    `matched` are the keys of alerts that still hold, `rules` those looked at; return
    how many alerts changed.
    """
    rows = Alert.objects.filter(response__in=list(response_ids), rule__in=list(rules))
    stale = rows.filter(still_holds=True).exclude(key__in=matched)
    again = rows.filter(still_holds=False, key__in=matched)
    return stale.update(still_holds=False) + again.update(still_holds=True)
