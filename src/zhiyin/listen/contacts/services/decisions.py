"""Asking the policy, and keeping what it said and what came of it."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import transaction

from zhiyin.accounts.models import Organisation
from zhiyin.common import clock
from zhiyin.common.bulk import insert_rows, moment, take_ids
from zhiyin.listen.contacts.models import ContactDecision, RuleName, Verdict
from zhiyin.listen.contacts.queries import (
    Decided,
    Rules,
    Wishes,
    asked_before,
    decide,
    left_alone,
    opted_out,
    policy_in_force,
    tiers_of,
)
from zhiyin.listen.contacts.queries.left_alone import moment_of
from zhiyin.listen.contacts.queries.rules import DEFERRING, stream_codes

_FIELDS = (
    "id", "organisation", "customer", "stream", "programme", "channel", "decided_at",
    "verdict", "rule", "reason", "not_before", "policy_version", "expires_at",
)  # fmt: skip


@dataclass(frozen=True)
class Purpose:
    """What customers are to be asked: where it counts and how it reaches them.

    Without `sends_now` somebody else sends later, and the hour does not matter.
    """

    stream: str
    programme: str
    channel: str
    expires_at: dt.datetime | None = None
    sends_now: bool = True


@dataclass(frozen=True)
class Judged:
    """One decision per customer, as columns in ascending order of the customers."""

    customers: Sequence[int]
    decisions: Sequence[int]
    rule: Sequence[str]
    reason: Sequence[str]
    not_before: Sequence[dt.datetime | None]

    def allowed(self) -> list[int]:
        """Return the customers whom nothing stands against."""
        pairs = zip(self.customers, self.rule, strict=True)
        return [customer for customer, rule in pairs if not rule]


@transaction.atomic
def judge_contacts(
    *, organisation: Organisation, customers: Sequence[int], purpose: Purpose
) -> Judged:
    """Judge and log one wish to ask each customer; for thousands at a time.

    A customer named twice is judged once. The allowed decisions count as asked from
    now on, so whoever calls this asks those customers and nobody else.
    """
    ids = sorted(set(customers))
    now = clock.now()
    policy = policy_in_force(organisation)
    rules = Rules.of(policy.rules)
    wishes = _wishes(ids, purpose, rules, now)
    decided = decide(
        rules,
        wishes,
        asked_before(ids, now),
        zoneinfo.ZoneInfo(organisation.time_zone),
        sends_now=purpose.sends_now,
    )
    return keep_decisions(
        organisation, purpose, policy.version, _judged(ids, wishes, decided)
    )


def keep_decisions(
    organisation: Organisation, purpose: Purpose, version: int, judged: Judged
) -> Judged:
    """Write what was decided into the log and return it."""
    now = clock.now()
    fixed = (purpose.stream, purpose.programme, purpose.channel, moment(now))
    last = (version, _kept(purpose.expires_at))
    decisions = zip(
        judged.decisions,
        judged.customers,
        judged.rule,
        judged.reason,
        judged.not_before,
        strict=True,
    )
    rows = [
        (
            *(pk, organisation.pk, customer, *fixed),
            *(_verdict(rule).value, rule, reason, _kept(until), *last),
        )
        for pk, customer, rule, reason, until in decisions
    ]
    insert_rows(ContactDecision, _FIELDS, rows)
    return judged


def decide_contacts(
    *,
    organisation: Organisation,
    customers: Sequence[int],
    purpose: Purpose,
) -> dict[int, ContactDecision]:
    """Judge and log one wish to ask each customer; return the decision by its id."""
    judged = judge_contacts(
        organisation=organisation, customers=customers, purpose=purpose
    )
    made = ContactDecision.objects.in_bulk(list(judged.decisions))
    return {one.customer_id: one for one in made.values()}


@transaction.atomic
def log_unjudged(
    *, organisation: Organisation, rules: Mapping[int, str], purpose: Purpose
) -> dict[int, int]:
    """Log what was decided of customers without the policy; return the rows' ids.

    `rules` maps customers to the rule: no consent, no address, or a reminder, which
    begins no clock.
    """
    customers = sorted(rules)
    judged = Judged(
        customers=customers,
        decisions=take_ids(ContactDecision, len(customers)) if customers else [],
        rule=[rules[customer] for customer in customers],
        reason=[""] * len(customers),
        not_before=[None] * len(customers),
    )
    if customers:
        version = policy_in_force(organisation).version
        keep_decisions(organisation, purpose, version, judged)
    return dict(zip(customers, judged.decisions, strict=True))


def note_unreached(*, decisions: Iterable[int], at: dt.datetime) -> None:
    """Record that a message reached nobody: the customer does not count as asked."""
    ContactDecision.objects.filter(
        pk__in=list(decisions),
        unreached_at=None,
        answered_at=None,
        declined_at=None,
    ).update(unreached_at=at)


def _wishes(
    ids: Sequence[int], purpose: Purpose, rules: Rules, now: dt.datetime
) -> Wishes:
    size = len(ids)
    at = np.full(size, now.timestamp())
    channels = np.full(size, purpose.channel, dtype="U60")
    return Wishes(
        at=at,
        stream=np.repeat(stream_codes([purpose.stream]), size),
        programme=np.full(size, purpose.programme, dtype="U60"),
        channel=channels,
        opted_out=opted_out(ids, ids, at, channels),
        suppressed=left_alone(ids, ids, at, rules),
        tier=tiers_of(ids, rules),
    )


def _judged(ids: Sequence[int], wishes: Wishes, decided: Decided) -> Judged:
    is_suppressed = decided.rule == "suppressed"
    return Judged(
        customers=ids,
        decisions=take_ids(ContactDecision, len(ids)),
        rule=decided.rule.tolist(),
        reason=np.where(is_suppressed, wishes.suppressed, "").tolist(),
        not_before=[moment_of(until) for until in decided.not_before.tolist()],
    )


def _kept(at: dt.datetime | None) -> Any:
    return moment(at) if at else None


def _verdict(rule: str) -> Verdict:
    if rule == RuleName.REMINDER:
        return Verdict.REMINDED
    if not rule:
        return Verdict.ALLOWED
    return Verdict.DEFERRED if rule in DEFERRING else Verdict.BLOCKED


def note_answer(
    *, customer_id: int, programme: str, at: dt.datetime, declined: bool = False
) -> None:
    """Record that the newest question of a programme was answered or declined."""
    asked = ContactDecision.objects.filter(
        customer_id=customer_id,
        programme=programme,
        verdict=Verdict.ALLOWED,
        decided_at__lte=at,
    ).first()
    if asked is None:
        return
    name = "declined_at" if declined else "answered_at"
    if getattr(asked, name) is None:
        setattr(asked, name, at)
        asked.save(update_fields=[name])
