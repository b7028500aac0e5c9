"""Messages of a service, such as what became of a complaint, judged by the policy.

They ask nothing, so no pause between questions stands against them, and they count as
none. What does: the customer's word against such messages, reasons to leave somebody
alone that hold for messages too, the most messages of a channel, holidays and hours.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from django.db import transaction

from zhiyin.accounts.models import Organisation
from zhiyin.common import clock
from zhiyin.common.bulk import take_ids
from zhiyin.listen.contacts.models import (
    ContactDecision,
    Suppression,
    SuppressionReason,
)
from zhiyin.listen.contacts.queries import (
    Rules,
    Wishes,
    asked_before,
    decide,
    in_force,
    policy_in_force,
)
from zhiyin.listen.contacts.queries.history import SERVICE
from zhiyin.listen.contacts.queries.left_alone import moment_of
from zhiyin.listen.contacts.queries.rules import TRANSACTIONAL
from zhiyin.listen.contacts.services.decisions import (
    Judged,
    Purpose,
    keep_decisions,
)
from zhiyin.listen.customers.models import Purpose as ConsentPurpose
from zhiyin.listen.customers.queries import who_may_be_contacted

# An open case or an outage is no reason to say nothing about it; these are.
SILENT = (
    SuppressionReason.DECEASED,
    SuppressionReason.LEGAL_HOLD,
    SuppressionReason.DISPUTE,
    SuppressionReason.TEST_NUMBER,
    SuppressionReason.LISTED,
)


@transaction.atomic
def judge_notices(
    *, organisation: Organisation, customers: Sequence[int], about: str, channel: str
) -> Judged:
    """Judge and log one wish to tell each customer something; `about` names it."""
    ids = sorted(set(customers))
    now = clock.now()
    policy = policy_in_force(organisation)
    wishes = _wishes(ids, about, channel)
    decided = decide(
        _without_pauses(Rules.of(policy.rules)),
        wishes,
        asked_before(ids, now, also_told=True),
        zoneinfo.ZoneInfo(organisation.time_zone),
    )
    judged = Judged(
        customers=ids,
        decisions=take_ids(ContactDecision, len(ids)),
        rule=decided.rule.tolist(),
        reason=np.where(decided.rule == "suppressed", wishes.suppressed, "").tolist(),
        not_before=[moment_of(until) for until in decided.not_before.tolist()],
    )
    purpose = Purpose(stream=SERVICE, programme=about, channel=channel)
    return keep_decisions(organisation, purpose, policy.version, judged)


def _without_pauses(rules: Rules) -> Rules:
    return replace(
        rules,
        global_days=0,
        relationship_days=0,
        transactional_days=0,
        own_days={},
        relationship_after_transactional_days=0,
        transactional_after_relationship_days=0,
        after_answered_days=0,
        after_declined_days=0,
        after_ignored_days=0,
        most_per_year=0,
        tiers={},
    )


def _wishes(ids: Sequence[int], about: str, channel: str) -> Wishes:
    size = len(ids)
    willing = who_may_be_contacted(ids, ConsentPurpose.SERVICE, channel)
    reasons = _silenced(ids)
    return Wishes(
        at=np.full(size, clock.now().timestamp()),
        stream=np.full(size, TRANSACTIONAL, dtype=np.int64),
        programme=np.full(size, about, dtype="U60"),
        channel=np.full(size, channel, dtype="U60"),
        opted_out=np.array([each not in willing for each in ids], dtype=bool),
        suppressed=np.array([reasons.get(each, "") for each in ids], dtype="U20"),
        tier=np.full(size, "", dtype="U60"),
    )


def _silenced(ids: Sequence[int]) -> dict[int, str]:
    rows = Suppression.objects.filter(
        in_force(clock.now()), customer_id__in=ids, reason__in=SILENT
    )
    return dict(rows.values_list("customer_id", "reason"))
