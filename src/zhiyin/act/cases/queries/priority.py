"""How urgent a case is: the facts of its answer and customer, held to the rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from zhiyin.accounts.models import Organisation
from zhiyin.act.cases.models import Case, CaseLevel, PriorityRule
from zhiyin.act.cases.queries.needs import settings_of
from zhiyin.common import clock
from zhiyin.common.conditions import holds
from zhiyin.listen.customers.models import Customer, CustomerEvent
from zhiyin.listen.customers.queries import known_of
from zhiyin.listen.responses.models import Answer, Response

USUAL_FIELDS = {
    "value_tier": "value_tier",
    "star": "star",
    "network": "network",
    "complaints": "complaints_90d",
    "mnp_state": "mnp_state",
}
"""Which field of a customer stands for which fact, until settings say otherwise."""

COMPLAINT_EVENT, MNP_EVENT = "complaint.", "mnp."
RECENT_DAYS = 90


def main_answer(response: Response | None) -> Answer | None:
    """Return the answer to the main question, if it has a score."""
    if response is None:
        return None
    return response.answers.filter(is_primary=True, score__isnull=False).first()


def facts_about(
    organisation: Organisation,
    customer: Customer | None,
    response: Response | None,
) -> dict[str, Any]:
    """Return what the rules of priority may look at; what nobody knows is left out."""
    names = {**USUAL_FIELDS, **settings_of(organisation).fields}
    known: dict[str, Any] = dict(response.attributes) if response else {}
    if customer is not None:
        known |= known_of([customer.pk]).get(customer.pk, {})
    facts = {f"field.{code}": value for code, value in known.items()}
    facts |= {
        fact: known.get(code) for fact, code in names.items() if fact != "complaints"
    }
    facts |= _facts_of_answer(response)
    facts["is_repeat_complaint"] = _complained_before(
        customer, response, known.get(names["complaints"])
    )
    facts["mnp_state"] = facts.get("mnp_state") or _newest_mnp(customer)
    return {name: value for name, value in facts.items() if value is not None}


def _facts_of_answer(response: Response | None) -> dict[str, Any]:
    if response is None:
        return {}
    main = main_answer(response)
    return {
        "score": main.score if main else None,
        "class": main.given_class if main else None,
        "has_text": bool(response.comment.strip()),
        "touchpoint": response.touchpoint,
    }


def _complained_before(
    customer: Customer | None, response: Response | None, told: object
) -> bool:
    """Tell whether the customer complained more than once within ninety days."""
    count = int(told) if isinstance(told, int | float) else 0
    if customer is not None and count <= 1:
        until = response.responded_at if response else clock.now()
        since = until - dt.timedelta(RECENT_DAYS)
        count += (
            CustomerEvent.objects.filter(
                customer=customer,
                kind__startswith=COMPLAINT_EVENT,
                occurred_at__gte=since,
                occurred_at__lte=until,
            )
            .values("key")
            .count()
        )
        count += Case.objects.filter(customer=customer, opened_at__gte=since).count()
    return count > 1


def _newest_mnp(customer: Customer | None) -> str | None:
    if customer is None:
        return None
    since = clock.now() - dt.timedelta(RECENT_DAYS)
    newest = (
        CustomerEvent.objects.filter(
            customer=customer, kind__startswith=MNP_EVENT, occurred_at__gte=since
        )
        .order_by("-occurred_at")
        .first()
    )
    return newest.kind.removeprefix(MNP_EVENT) if newest else None


def level_by_rules(
    levels: Sequence[CaseLevel],
    rules: Sequence[PriorityRule],
    facts: Mapping[str, Any],
) -> CaseLevel | None:
    """Return the level of the first rule that holds, one up where a rule raises it.

    Levels come in order, the most urgent first. Where no rule holds, the least urgent
    one that is closed with all facts; praise is never raised.
    """
    usual = [level for level in levels if level.needs_facts]
    named = next(
        (rule.level for rule in rules if rule.level and holds(rule.condition, facts)),
        None,
    )
    if named is None:
        named = next(reversed(usual or list(levels)), None)
    is_raised = any(rule.raises and holds(rule.condition, facts) for rule in rules)
    if named in usual and is_raised:
        return usual[max(usual.index(named) - 1, 0)]
    return named


def level_for(organisation: Organisation, facts: Mapping[str, Any]) -> CaseLevel | None:
    """Return the level a new case gets by the organisation's rules."""
    levels = CaseLevel.objects.of(organisation).filter(is_active=True)
    rules = PriorityRule.objects.of(organisation).filter(is_active=True)
    kept = rules.select_related("level").exclude(level__is_active=False)
    return level_by_rules(list(levels), list(kept), facts)
