"""What a programme would have done with the events of the last days."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zhiyin.common import clock
from zhiyin.listen.contacts.queries import (
    Rules,
    Wishes,
    asked_before,
    decide,
    left_alone,
    policy_in_force,
    rule_label,
    tiers_of,
)
from zhiyin.listen.contacts.queries.refusals import opted_out
from zhiyin.listen.contacts.queries.rules import Asked, stream_codes
from zhiyin.listen.customers.models import CustomerEvent
from zhiyin.listen.programs.models import FrameState, Programme
from zhiyin.listen.programs.queries.facts import (
    fields_named,
    kinds_of,
    known_fields,
)
from zhiyin.listen.programs.queries.judging import due_of, judge_event
from zhiyin.listen.programs.queries.monitor import reason_words

MOST_EVENTS = 20_000


@dataclass(frozen=True)
class Trial:
    """What would have come of the events: each is asked about, or not for one reason.

    `left_out` are reasons of the programme, `blocked` rules of the contact policy.
    """

    days: int
    events: int
    sampled: int
    asked: int
    left_out: Sequence[tuple[str, int]]
    blocked: Sequence[tuple[str, int]]
    is_cut: bool


def try_on_past(programme: Programme, *, days: int = 30) -> Trial:
    """Judge the events of the last days as if the programme had been live.

    Nobody is asked and nothing is kept. What this programme really asked in that time
    is left out of the history, because here it asks anew; the hour does not count.
    """
    since = clock.now() - dt.timedelta(days)
    events = list(
        CustomerEvent.objects.of(programme.organisation_id)
        .filter(kind__in=kinds_of(programme), occurred_at__gte=since)
        .select_related("customer__department", "department")
        .order_by("-occurred_at", "-pk")[:MOST_EVENTS]
    )[::-1]
    pilot: list[str] = []
    if programme.pk:
        pilot = list(programme.pilot_departments.values_list("path", flat=True))
    fields = known_fields(
        {event.customer_id for event in events}, fields_named(programme)
    )
    left_out: Counter[str] = Counter()
    sampled = []
    for event in events:
        known = fields.get(event.customer_id, {})
        verdict = judge_event(programme, event, known, pilot)
        if verdict.state == FrameState.WAITING:
            sampled.append(event)
        else:
            left_out[verdict.reason] += 1
    rules = _judge(programme, sampled, since)
    asked = rules.pop("", 0)
    return Trial(
        days=days,
        events=len(events),
        sampled=len(sampled),
        asked=asked,
        left_out=[(reason_words(name), n) for name, n in left_out.most_common()],
        blocked=[(rule_label(name), n) for name, n in rules.most_common()],
        is_cut=len(events) == MOST_EVENTS,
    )


def _judge(
    programme: Programme, events: Sequence[CustomerEvent], since: dt.datetime
) -> Counter[str]:
    """Ask the policy, round by round: the first wish of everybody, the second, ..."""
    counts: Counter[str] = Counter()
    rules = Rules.of(policy_in_force(programme.organisation).rules)
    zone = zoneinfo.ZoneInfo(programme.organisation.time_zone)
    mine: dict[int, list[float]] = {}
    rounds: list[list[CustomerEvent]] = []
    seen: Counter[int] = Counter()
    for event in events:
        turn = seen[event.customer_id]
        seen[event.customer_id] += 1
        if turn == len(rounds):
            rounds.append([])
        rounds[turn].append(event)
    for batch in rounds:
        wishes, ids = _wishes(programme, batch, rules)
        history = _history(programme, ids, since) + _mine(programme, ids, mine)
        decided = decide(rules, wishes, history, zone, sends_now=False)
        for row, rule in enumerate(decided.rule.tolist()):
            counts[rule] += 1
            if not rule:
                mine.setdefault(ids[row], []).append(float(wishes.at[row]))
    return counts


def _wishes(
    programme: Programme, batch: Sequence[CustomerEvent], rules: Rules
) -> tuple[Wishes, list[int]]:
    size = len(batch)
    ids = [event.customer_id for event in batch]
    at = np.array([due_of(programme, event.occurred_at).timestamp() for event in batch])
    channels = np.full(size, programme.channel, dtype="U60")
    return (
        Wishes(
            at=at,
            stream=np.repeat(stream_codes([programme.stream]), size),
            programme=np.full(size, programme.code, dtype="U60"),
            channel=channels,
            opted_out=opted_out(ids, ids, at, channels),
            suppressed=left_alone(ids, ids, at, rules),
            tier=tiers_of(ids, rules),
        ),
        ids,
    )


def _history(programme: Programme, ids: Sequence[int], since: dt.datetime) -> Asked:
    past = asked_before(ids, clock.now())
    own = (past.programme == programme.code) & (past.at >= since.timestamp())
    return past.kept(~own)


def _mine(
    programme: Programme, ids: Sequence[int], mine: dict[int, list[float]]
) -> Asked:
    """Return what the trial itself asked these customers before."""
    pairs = [
        (row, moment) for row, one in enumerate(ids) for moment in mine.get(one, ())
    ]
    if not pairs:
        return Asked.nothing()
    size = len(pairs)
    never = np.full(size, -np.inf)
    at = np.array([moment for _row, moment in pairs])
    return Asked(
        who=np.array([row for row, _moment in pairs], dtype=np.int64),
        at=at,
        stream=np.repeat(stream_codes([programme.stream]), size),
        programme=np.full(size, programme.code, dtype="U60"),
        channel=np.full(size, programme.channel, dtype="U60"),
        expires_at=at + programme.expires_hours * 3600.0,
        answered_at=never,
        declined_at=never,
    )
