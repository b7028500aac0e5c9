"""What would have come of the same wishes under other rules."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections import Counter
from dataclasses import dataclass

import numpy as np

from zhiyin.accounts.models import Organisation
from zhiyin.common import clock
from zhiyin.common.columns import (
    as_seconds,
    moment_sql,
    read_columns,
)
from zhiyin.listen.contacts.models import RuleName
from zhiyin.listen.contacts.queries.history import SERVICE
from zhiyin.listen.contacts.queries.left_alone import left_alone
from zhiyin.listen.contacts.queries.refusals import opted_out
from zhiyin.listen.contacts.queries.rules import (
    ALLOWED,
    NEVER,
    Asked,
    Floats,
    Ints,
    Rules,
    Wishes,
    decide,
    stream_codes,
)
from zhiyin.listen.contacts.queries.tiers import tiers_of

MOST_WISHES = 500_000
# In the log, but no wishes that the policy judged.
NOT_JUDGED = (RuleName.NO_CONSENT, RuleName.NO_ADDRESS, RuleName.REMINDER)


@dataclass(frozen=True)
class Replayed:
    """How many wishes each rule stopped: as it was, and as it would have been.

    `rows` are (rule, as it was, as it would be), the rule "" standing for asked.
    """

    wishes: int
    rows: tuple[tuple[str, int, int], ...]
    since: dt.datetime
    is_cut: bool = False

    @property
    def asked(self) -> tuple[int, int]:
        """Return how many were asked, and how many would be."""
        return next(((a, b) for rule, a, b in self.rows if rule == ALLOWED), (0, 0))


@dataclass(frozen=True)
class _Wishes:
    """All wishes of a time, in the order in which they came."""

    who: Ints
    wishes: Wishes
    expires_at: Floats
    answered_at: Floats
    declined_at: Floats
    is_reached: np.ndarray[tuple[int], np.dtype[np.bool_]]
    rule: np.ndarray[tuple[int], np.dtype[np.str_]]

    def part(self, rows: Ints) -> Wishes:
        fields = Wishes.__dataclass_fields__
        return Wishes(*(getattr(self.wishes, name)[rows] for name in fields))

    def asked(self, rows: Ints) -> Asked:
        one = self.part(rows)
        return Asked(
            self.who[rows],
            one.at,
            one.stream,
            one.programme,
            one.channel,
            self.expires_at[rows],
            self.answered_at[rows],
            self.declined_at[rows],
        )


def replay(organisation: Organisation, rules: Rules, *, days: int = 365) -> Replayed:
    """Judge the wishes of the last days again, each after those before it.

    A customer who was not asked then gave no answer; where the customer would be
    asked now,
    none is assumed. The hour of sending is left as it was, and tiers and flags are
    those of today.
    """
    since = clock.now() - dt.timedelta(days)
    found = _wishes_since(organisation, since, rules)
    zone = zoneinfo.ZoneInfo(organisation.time_zone)
    names = np.full(len(found.who), ALLOWED, dtype="U30")
    history = Asked.nothing()
    for rows in _rounds(found.who):
        wishes = found.part(rows)
        people = found.who[rows]
        decided = decide(
            rules, wishes, _numbered(history, people), zone, sends_now=False
        )
        names[rows] = decided.rule
        history = history + found.asked(rows[decided.allowed & found.is_reached[rows]])
    before, after = Counter(found.rule.tolist()), Counter(names.tolist())
    order = sorted(set(before) | set(after), key=lambda one: (one != ALLOWED, one))
    return Replayed(
        wishes=len(found.who),
        rows=tuple((name, before[name], after[name]) for name in order),
        since=since,
        is_cut=len(found.who) == MOST_WISHES,
    )


def _rounds(who: Ints) -> list[Ints]:
    """Split wishes into rounds: the first of every customer, the second, ..."""
    order = np.lexsort((np.arange(len(who)), who))
    ranked = who[order]
    starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
    lengths = np.diff(np.r_[starts, len(who)])
    rank = np.empty(len(who), dtype=np.int64)
    rank[order] = np.arange(len(who)) - np.repeat(starts, lengths)
    return [
        np.flatnonzero(rank == turn) for turn in range(int(rank.max(initial=-1)) + 1)
    ]


def _numbered(history: Asked, people: Ints) -> Asked:
    """Return the history of the customers of one round, by their place in it."""
    place = np.full(int(max(people.max(), history.who.max(initial=0))) + 1, -1)
    place[people] = np.arange(len(people))
    mine = history.kept(place[history.who] >= 0)
    columns = [getattr(mine, name) for name in Asked.__dataclass_fields__]
    return Asked(place[mine.who], *columns[1:])


def _wishes_since(
    organisation: Organisation, since: dt.datetime, rules: Rules
) -> _Wishes:
    times = ("decided_at", "expires_at", "answered_at", "declined_at", "unreached_at")
    selected = ", ".join(moment_sql(f"d.{name}") for name in times)
    columns = (
        read_columns(
            "select d.customer_id, d.stream, d.programme, d.channel, d.rule,"  # noqa: S608
            f" {selected} from contacts_contactdecision d"
            " where d.organisation_id = %s and d.decided_at >= %s and d.stream <> %s"
            " and d.rule not in (%s, %s, %s)"
            " order by d.decided_at, d.id limit %s",
            [organisation.pk, since, SERVICE, *NOT_JUDGED, MOST_WISHES],
        )
        or [()] * 10
    )
    ids, stream, programme, channel, rule = columns[:5]
    at, expires, answered, declined, unreached = map(as_seconds, columns[5:])
    known, who = np.unique(np.array(ids, dtype=np.int64), return_inverse=True)
    people = known.tolist()
    channels = np.array(channel, dtype="U60")
    return _Wishes(
        who=who.astype(np.int64),
        wishes=Wishes(
            at=at,
            stream=stream_codes(stream),
            programme=np.array(programme, dtype="U60"),
            channel=channels,
            opted_out=opted_out(people, ids, at, channels),
            suppressed=left_alone(people, ids, at, rules),
            tier=tiers_of(people, rules)[who],
        ),
        expires_at=expires,
        answered_at=answered,
        declined_at=declined,
        is_reached=unreached == NEVER,
        rule=np.array(rule, dtype="U30"),
    )
