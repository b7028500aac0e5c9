"""Asking the policy, and keeping what it said and what came of it."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.db import transaction

from zhiyin.accounts.models import Organisation
from zhiyin.common import clock
from zhiyin.listen.contacts.models import ContactDecision, Verdict
from zhiyin.listen.contacts.queries import (
    Rules,
    Wishes,
    asked_before,
    decide,
    opted_out,
    policy_in_force,
    suppressed,
)
from zhiyin.listen.contacts.queries.rules import DEFERRING, NEVER, stream_codes

BATCH = 900


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


@transaction.atomic
def decide_contacts(
    *,
    organisation: Organisation,
    customers: Sequence[int],
    purpose: Purpose,
) -> dict[int, ContactDecision]:
    """Judge and log one wish to ask each customer; return the decision by her id.

    A customer named twice is judged once. The allowed decisions count as asked from
    now on, so whoever calls this asks those customers and nobody else.
    """
    ids = sorted(set(customers))
    now = clock.now()
    policy = policy_in_force(organisation)
    size = len(ids)
    wishes = Wishes(
        at=np.full(size, now.timestamp()),
        stream=np.repeat(stream_codes([purpose.stream]), size),
        programme=np.full(size, purpose.programme, dtype="U60"),
        channel=np.full(size, purpose.channel, dtype="U60"),
        opted_out=opted_out(ids),
        suppressed=suppressed(ids, now),
    )
    decided = decide(
        Rules.of(policy.rules),
        wishes,
        asked_before(ids, now),
        zoneinfo.ZoneInfo(organisation.time_zone),
        sends_now=purpose.sends_now,
    )
    made = [
        ContactDecision(
            organisation=organisation,
            customer_id=customer,
            stream=purpose.stream,
            programme=purpose.programme,
            channel=purpose.channel,
            decided_at=now,
            verdict=_verdict(rule),
            rule=rule,
            not_before=_moment(until),
            policy_version=policy.version,
            expires_at=purpose.expires_at,
        )
        for customer, rule, until in zip(
            ids, decided.rule.tolist(), decided.not_before.tolist(), strict=True
        )
    ]
    ContactDecision.objects.bulk_create(made, batch_size=BATCH)
    return {one.customer_id: one for one in made}


def _verdict(rule: str) -> Verdict:
    if not rule:
        return Verdict.ALLOWED
    return Verdict.DEFERRED if rule in DEFERRING else Verdict.BLOCKED


def _moment(seconds: float) -> dt.datetime | None:
    is_known = NEVER < seconds < np.inf
    return dt.datetime.fromtimestamp(seconds, dt.UTC) if is_known else None


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
