"""The contact policy itself: pure arithmetic on arrays, the same live and in replay.

A wish to ask is judged against what came before it for the same customer. Rules are
tried in a fixed order and the first that objects is the one that is named. Times are
seconds since 1970 in UTC; what never happened is minus infinity.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

NEVER = -np.inf
ALWAYS = np.inf
DAY = 86_400.0
RELATIONSHIP, TRANSACTIONAL = 0, 1

ALLOWED = ""
RULES = (
    "opted_out",
    "suppressed",
    "waits_after_declined",
    "waits_after_answered",
    "waits_after_ignored",
    "global_gap",
    "own_clock",
    "after_transactional",
    "after_relationship",
    "yearly_cap",
    "channel_cap",
    "holiday",
    "quiet_hours",
)
"""Every rule in the order of trial. The last two put off instead of refusing."""

DEFERRING = frozenset({"holiday", "quiet_hours"})
TIERED = ("most_per_year", "global_days")
"""The numbers that may differ by the customer's tier."""


@dataclass(frozen=True)
class Rules:
    """The numbers of a policy. Days of 0 switch a rule off.

    `own_days` is the gap of one programme by its code. One that is shorter than the
    gap of its stream also frees it from that gap and from the year's cap: a complaint
    is asked about whatever else was asked this year. A longer one holds besides it.

    `tiers` gives the customers with a value of the field `tier_field` numbers of their
    own for `TIERED`; a number that a tier does not name stays that of all.

    `suppressing_events` are (event, event that ends it or "", hours at most, reason):
    from the first on the customer is left alone until the second, at most so long.
    """

    global_days: float = 0
    relationship_days: float = 180
    transactional_days: float = 30
    own_days: Mapping[str, float] = field(
        default_factory=lambda: {
            "TP_COMPLAINT": 7,
            "TP_BB_REPAIR": 7,
            "TP_CASE_CLOSE": 7,
        },
    )
    relationship_after_transactional_days: float = 14
    transactional_after_relationship_days: float = 7
    after_answered_days: float = 0
    after_declined_days: float = 90
    after_ignored_days: float = 0
    most_per_year: int = 6
    channel_caps: Mapping[str, int] = field(default_factory=lambda: {"sms": 10})
    channel_hours: float = 24
    quiet_from: str = "20:00"
    quiet_until: str = "09:00"
    holidays: tuple[str, ...] = ()
    tier_field: str = ""
    tiers: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    suppressing_events: tuple[tuple[str, str, float, str], ...] = (
        ("outage.started", "outage.ended", 24, "outage"),
        ("complaint.opened", "complaint.archived", 720, "open_case"),
        ("mnp.port_out.applied", "mnp.port_out.expired", 720, "number_portability"),
    )

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Rules:
        """Read rules as they are stored; what is not there keeps its default."""
        known = {name: data[name] for name in cls.__dataclass_fields__ if name in data}
        if "holidays" in known:
            known["holidays"] = tuple(known["holidays"])
        if "suppressing_events" in known:
            rows = known["suppressing_events"]
            known["suppressing_events"] = tuple(tuple(row) for row in rows)
        return cls(**known)

    def to_dict(self) -> dict[str, Any]:
        """Return the rules as they are stored."""
        return {name: _plain(getattr(self, name)) for name in self.__dataclass_fields__}

    def of_tiers(self, name: str, tier: npt.NDArray[np.str_]) -> Floats:
        """Return one number of the policy for customers of these tiers."""
        made = np.full(len(tier), float(getattr(self, name)))
        for value, own in self.tiers.items():
            if name in own:
                made[tier == value] = own[name]
        return made


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, tuple) else value


@dataclass(frozen=True)
class Wishes:
    """Customers to ask, as columns; one row per customer, numbered from 0.

    `suppressed` (the reason, "" where none) and `opted_out` hold as of the time of the
    wish; `tier` is the customer's value of the policy's `tier_field`.
    """

    at: Floats
    stream: Ints
    programme: npt.NDArray[np.str_]
    channel: npt.NDArray[np.str_]
    opted_out: Flags
    suppressed: npt.NDArray[np.str_]
    tier: npt.NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.at)


@dataclass(frozen=True)
class Asked:
    """What the same customers were asked before, as columns, in any order."""

    who: Ints
    at: Floats
    stream: Ints
    programme: npt.NDArray[np.str_]
    channel: npt.NDArray[np.str_]
    expires_at: Floats
    answered_at: Floats
    declined_at: Floats

    @classmethod
    def nothing(cls) -> Asked:
        """Return a history without anything in it."""
        none, text = np.empty(0), np.empty(0, dtype="U60")
        whole = np.empty(0, dtype=np.int64)
        return cls(whole, none, whole, text, text, none, none, none)

    def kept(self, rows: Flags) -> Asked:
        """Return some of its rows."""
        columns = (getattr(self, name)[rows] for name in self.__dataclass_fields__)
        return Asked(*columns)

    def __add__(self, other: Asked) -> Asked:
        pairs = (
            (getattr(self, name), getattr(other, name))
            for name in self.__dataclass_fields__
        )
        return Asked(*(np.concatenate(pair) for pair in pairs))


@dataclass(frozen=True)
class Decided:
    """For each wish the rule that objected, or "", and from when on it would not."""

    rule: npt.NDArray[np.str_]
    not_before: Floats

    @property
    def allowed(self) -> Flags:
        """Tell which wishes nothing stands against."""
        return np.asarray(self.rule == ALLOWED)


def decide(
    rules: Rules,
    wishes: Wishes,
    asked: Asked,
    zone: dt.tzinfo,
    *,
    sends_now: bool = True,
) -> Decided:
    """Judge every wish.

    Without `sends_now` the hour does not matter: somebody else sends later.
    """
    rule = np.full(len(wishes), ALLOWED, dtype="U30")
    until = np.full(len(wishes), NEVER)
    ends = _ends(rules, wishes, asked)
    for name in RULES:
        if name in ends:
            found = (rule == ALLOWED) & (ends[name] > wishes.at)
            rule[found] = name
            until[found] = ends[name][found]
    if sends_now:
        _put_off(rules, wishes, zone, rule, until)
    return Decided(rule, until)


def _ends(rules: Rules, wishes: Wishes, asked: Asked) -> dict[str, Floats]:
    """Return until when each rule stands against each wish."""
    past = asked.kept(asked.at <= wishes.at[asked.who])
    is_related = past.stream == RELATIONSHIP
    own = _own_days(rules, wishes)
    by_stream = wishes.stream == RELATIONSHIP
    gap = np.where(by_stream, rules.relationship_days, rules.transactional_days)
    is_exempt = own < gap
    same_stream = past.stream == wishes.stream[past.who]
    same_programme = past.programme == wishes.programme[past.who]
    ignored = _ignored_at(past, wishes)
    never = np.full(len(wishes), NEVER)
    return {
        "opted_out": np.where(wishes.opted_out, ALWAYS, NEVER),
        "suppressed": np.where(wishes.suppressed != "", ALWAYS, NEVER),
        "waits_after_declined": _after(
            _latest(wishes, past, past.declined_at), rules.after_declined_days
        ),
        "waits_after_answered": np.where(
            is_exempt,
            never,
            _after(_latest(wishes, past, past.answered_at), rules.after_answered_days),
        ),
        "waits_after_ignored": np.where(
            is_exempt,
            never,
            _after(_latest(wishes, past, ignored), rules.after_ignored_days),
        ),
        "global_gap": _after(
            _latest(wishes, past, past.at), rules.of_tiers("global_days", wishes.tier)
        ),
        "own_clock": np.maximum(
            _after(
                _latest(wishes, past, np.where(same_programme, past.at, NEVER)),
                np.nan_to_num(own),
            ),
            np.where(
                is_exempt,
                never,
                _after(
                    _latest(wishes, past, np.where(same_stream, past.at, NEVER)), gap
                ),
            ),
        ),
        "after_transactional": np.where(
            by_stream,
            _after(
                _latest(wishes, past, np.where(is_related, NEVER, past.at)),
                rules.relationship_after_transactional_days,
            ),
            never,
        ),
        "after_relationship": np.where(
            by_stream | is_exempt,
            never,
            _after(
                _latest(wishes, past, np.where(is_related, past.at, NEVER)),
                rules.transactional_after_relationship_days,
            ),
        ),
        "yearly_cap": np.where(
            is_exempt,
            never,
            _capped(
                wishes, past, rules.of_tiers("most_per_year", wishes.tier), 365 * DAY
            ),
        ),
        "channel_cap": _channel_ends(rules, wishes, past),
    }


def _own_days(rules: Rules, wishes: Wishes) -> Floats:
    """Return the programme's own gap in days; NaN where it has none."""
    own = np.full(len(wishes), np.nan)
    for code, days in rules.own_days.items():
        own[wishes.programme == code] = days
    return own


def _latest(wishes: Wishes, past: Asked, times: Floats) -> Floats:
    """Return the latest of some times per customer, before the wish."""
    found = np.full(len(wishes), NEVER)
    known = times <= wishes.at[past.who]
    np.maximum.at(found, past.who[known], times[known])
    return found


def _after(times: Floats, days: Floats | float) -> Floats:
    """Return the end of a wait; a wait of no days ends before it begins."""
    length = np.asarray(days, dtype=float) * DAY
    return np.where(length > 0, times + length, NEVER)


def _ignored_at(past: Asked, wishes: Wishes) -> Floats:
    """Return when an invitation ran out unanswered; never for all others."""
    now = wishes.at[past.who]
    reacted = np.maximum(_known(past.answered_at, now), _known(past.declined_at, now))
    return np.where(np.isfinite(reacted), NEVER, past.expires_at)


def _known(times: Floats, now: Floats) -> Floats:
    """Return what has happened by then; what comes later never happened yet."""
    return np.where(times <= now, times, NEVER)


def _capped(wishes: Wishes, past: Asked, most: Floats, seconds: float) -> Floats:
    """Return when a sliding window has room again for one more."""
    limit = most.astype(np.int64)
    inside = past.kept(past.at > wishes.at[past.who] - seconds)
    counts = np.bincount(inside.who, minlength=len(wishes))
    full = (limit > 0) & (counts >= limit)
    ends = np.full(len(wishes), NEVER)
    times = inside.at[np.lexsort((inside.at, inside.who))]
    first = np.concatenate([[0], np.cumsum(counts)])[:-1]
    leaving = (first + counts - limit)[full]
    ends[full] = times[leaving] + seconds
    return ends


def _channel_ends(rules: Rules, wishes: Wishes, past: Asked) -> Floats:
    same = past.kept(past.channel == wishes.channel[past.who])
    most = np.zeros(len(wishes))
    for channel, cap in rules.channel_caps.items():
        most[wishes.channel == channel] = cap
    return _capped(wishes, same, most, rules.channel_hours * 3600)


def _put_off(
    rules: Rules,
    wishes: Wishes,
    zone: dt.tzinfo,
    rule: npt.NDArray[np.str_],
    until: Floats,
) -> None:
    """Move what nothing else stands against out of quiet hours and holidays."""
    free = np.flatnonzero(rule == ALLOWED)
    # Wishes of one moment are many, moments are few.
    moments, which = np.unique(wishes.at[free], return_inverse=True)
    for number, at in enumerate(moments.tolist()):
        name, later = next_moment(rules, at, zone)
        if name:
            rows = free[which == number]
            rule[rows], until[rows] = name, later


def next_moment(rules: Rules, at: float, zone: dt.tzinfo) -> tuple[str, float]:
    """Return why not now and the next moment at which it may be sent."""
    start, end = read_hours(rules.quiet_until), read_hours(rules.quiet_from)
    holidays = set(rules.holidays)
    local = dt.datetime.fromtimestamp(at, zone)
    name = ""
    # A year of holidays on end is a mistake in the list, not a reason to hang.
    for _day in range(366):
        if local.date().isoformat() in holidays:
            name = name or "holiday"
            local = _on(local.date() + dt.timedelta(1), dt.time(), zone)
            continue
        if start == end or start <= local.time() < end:
            return name, local.timestamp()
        name = name or "quiet_hours"
        day = local.date() + dt.timedelta(0 if local.time() < start else 1)
        local = _on(day, start, zone)
    return name, local.timestamp()


def _on(day: dt.date, time: dt.time, zone: dt.tzinfo) -> dt.datetime:
    return dt.datetime.combine(day, time, zone)


def read_hours(text: str) -> dt.time:
    """Read a time of day such as 09:00. Raises ValueError."""
    return dt.time.fromisoformat(text)


def stream_codes(names: Sequence[str]) -> Ints:
    """Return the number of each stream by its name."""
    return np.array(
        [TRANSACTIONAL if name == "transactional" else RELATIONSHIP for name in names],
        dtype=np.int64,
    )
