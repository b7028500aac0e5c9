"""How urgent a case is: the facts of its answer and customer, held to the rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import prefetch_related_objects

from zhiyin.accounts.models import Organisation
from zhiyin.act.alerts.queries.feelings import feelings_of
from zhiyin.act.cases.models import Case, CaseLevel, PriorityRule
from zhiyin.act.cases.queries.needs import settings_of
from zhiyin.common import clock
from zhiyin.common.conditions import facts_named, holds
from zhiyin.listen.customers.models import Customer, CustomerEvent
from zhiyin.listen.customers.queries import known_of, portability_of
from zhiyin.listen.customers.queries.portability import LEAVING
from zhiyin.listen.responses.models import Answer, Response

USUAL_FIELDS = {
    "value_tier": "value_tier",
    "star": "star",
    "network": "network",
    "complaints": "complaints_90d",
    "mnp_state": "mnp_state",
}
"""Which field of a customer stands for which fact, until settings say otherwise."""

COMPLAINT_EVENT = "complaint."
RECENT_DAYS = 90
SENTIMENT = "sentiment"


@dataclass(frozen=True)
class Subject:
    """Whom a case is about, and by which answer, as far as that is known."""

    customer: Customer | None = None
    response: Response | None = None

    @property
    def customer_id(self) -> int:
        """Return the customer's number, 0 for nobody."""
        return self.customer.pk if self.customer is not None else 0

    @property
    def at(self) -> dt.datetime:
        """Return up to when the customer's past counts."""
        return self.response.responded_at if self.response else clock.now()


def main_answer(response: Response | None) -> Answer | None:
    """Return the answer to the main question, if it has a score."""
    if response is None:
        return None
    given = sorted(response.answers.all(), key=lambda each: each.pk)
    scored = (each for each in given if each.is_primary and each.score is not None)
    return next(scored, None)


def facts_about(
    organisation: Organisation,
    subjects: Sequence[Subject],
    wanted: Collection[str] = (),
) -> list[dict[str, Any]]:
    """Return what the rules of priority may look at; what nobody knows is left out.

    The feeling of the words is read only if `wanted` names it.
    """
    names = {**USUAL_FIELDS, **settings_of(organisation).fields}
    answered = [each.response for each in subjects if each.response is not None]
    prefetch_related_objects(answered, "answers")
    ids = {each.customer_id for each in subjects if each.customer is not None}
    told = known_of(ids) if ids else {}
    past = _Past.of(ids, min((each.at for each in subjects), default=clock.now()))
    found = [
        _facts_of(each, told.get(each.customer_id, {}), names, past)
        for each in subjects
    ]
    if SENTIMENT in wanted:
        words = [each.response.comment if each.response else "" for each in subjects]
        for facts, feeling in zip(found, feelings_of(words), strict=True):
            if feeling.sentiment:
                facts[SENTIMENT] = feeling.sentiment
    return found


def _facts_of(
    subject: Subject,
    told: Mapping[str, Any],
    names: Mapping[str, str],
    past: _Past,
) -> dict[str, Any]:
    response = subject.response
    known = {**(response.attributes if response else {}), **told}
    facts = {f"field.{code}": value for code, value in known.items()}
    facts |= {
        fact: known.get(code) for fact, code in names.items() if fact != "complaints"
    }
    facts |= _facts_of_answer(response)
    facts["is_repeat_complaint"] = (
        _number(known.get(names["complaints"])) + past.complaints(subject) > 1
    )
    facts["mnp_state"] = past.porting.get(subject.customer_id) or facts.get("mnp_state")
    return {name: value for name, value in facts.items() if value is not None}


def _number(told: object) -> int:
    return int(told) if isinstance(told, int | float) else 0


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


@dataclass(frozen=True)
class _Past:
    """What happened to some customers lately: complaints, number portability, cases."""

    events: Mapping[int, Sequence[tuple[str, dt.datetime]]]
    cases: Mapping[int, Sequence[dt.datetime]]
    # Of whose number may leave, how far it is.
    porting: Mapping[int, str]

    @classmethod
    def of(cls, customer_ids: Collection[int], until: dt.datetime) -> _Past:
        """Read what the last ninety days before a moment and the time since hold."""
        since = until - dt.timedelta(RECENT_DAYS)
        rows = CustomerEvent.objects.filter(
            kind__startswith=COMPLAINT_EVENT,
            customer__in=customer_ids,
            occurred_at__gte=since,
        ).order_by("occurred_at")
        events: dict[int, list[tuple[str, dt.datetime]]] = {}
        for customer, kind, at in rows.values_list("customer", "kind", "occurred_at"):
            events.setdefault(customer, []).append((kind, at))
        opened = Case.objects.filter(customer__in=customer_ids, opened_at__gte=since)
        cases: dict[int, list[dt.datetime]] = {}
        for customer_id, at in opened.values_list("customer_id", "opened_at"):
            cases.setdefault(customer_id or 0, []).append(at)
        leaving = Customer.objects.filter(pk__in=customer_ids, mnp_state__in=LEAVING)
        porting = {
            each.pk: str(state)
            for each in leaving
            if (state := portability_of(each)) in LEAVING
        }
        return cls(events, cases, porting)

    def complaints(self, subject: Subject) -> int:
        """Return how often a customer complained, a case counting as a complaint."""
        since = subject.at - dt.timedelta(RECENT_DAYS)
        told = sum(
            kind.startswith(COMPLAINT_EVENT) and since <= at <= subject.at
            for kind, at in self.events.get(subject.customer_id, ())
        )
        return told + sum(at >= since for at in self.cases.get(subject.customer_id, ()))


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


@dataclass(frozen=True)
class LevelBook:
    """The levels and rules of priority of one organisation, read once."""

    levels: Sequence[CaseLevel]
    rules: Sequence[PriorityRule]

    @classmethod
    def of(cls, organisation: Organisation) -> LevelBook:
        """Read what is in use now."""
        rules = PriorityRule.objects.of(organisation).filter(is_active=True)
        kept = rules.select_related("level").exclude(level__is_active=False)
        levels = CaseLevel.objects.of(organisation).filter(is_active=True)
        return cls(list(levels), list(kept))

    @property
    def facts(self) -> set[str]:
        """Return the facts that any of the rules looks at."""
        return {name for rule in self.rules for name in facts_named(rule.condition)}

    def level_for(self, facts: Mapping[str, Any]) -> CaseLevel | None:
        """Return the level a new case gets; None where no level is in use."""
        return level_by_rules(self.levels, self.rules, facts)
