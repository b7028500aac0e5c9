"""Fieldwork as it stands: what became of everybody a programme wished to ask."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from zhiyin.common import clock
from zhiyin.listen.contacts.models import RuleName, SuppressionReason
from zhiyin.listen.programs.models import (
    Channel,
    FrameMember,
    FrameState,
    Programme,
    Wave,
)
from zhiyin.listen.programs.queries.judging import REASONS, SAMPLE, TOO_LATE

STEPS = ("sent", "delivered", "opened", "started", "completed")
OPEN_STATES = (FrameState.WAITING, FrameState.DEFERRED)
_SAID_BY_STATE = {"", SAMPLE, TOO_LATE}


@dataclass(frozen=True)
class Part:
    """How many of the frame ended, or stand, in one way for one reason."""

    state: str
    reason: str
    count: int

    @property
    def label(self) -> str:
        """Return the state and its reason in words."""
        state = str(FrameState(self.state).label)
        if self.reason in _SAID_BY_STATE:
            return state
        return f"{state} · {reason_words(self.reason)}"


@dataclass(frozen=True)
class Funnel:
    """How far the invitations came by one way or in one stratum.

    `failed` came back and is part of `sent`. Who reached a step reached those before
    it, also where the channel did not report them.
    """

    name: str
    sent: int
    delivered: int
    opened: int
    started: int
    completed: int
    failed: int
    frame: int = 0

    @property
    def steps(self) -> list[int]:
        """Return the numbers in the order of the steps."""
        return [getattr(self, step) for step in STEPS]

    @property
    def rate(self) -> float | None:
        """Return the share of the invitations that was answered."""
        return self.completed / self.sent if self.sent else None


@dataclass(frozen=True)
class Monitor:
    """One programme's or wave's fieldwork; the parts add up to the frame exactly."""

    frame: int
    parts: Sequence[Part]
    total: Funnel
    channels: Sequence[Funnel]
    strata: Sequence[Funnel]
    since: dt.datetime | None

    def count(self, *states: str) -> int:
        """Return how many stand in some states."""
        return sum(part.count for part in self.parts if part.state in states)

    @property
    def sent(self) -> int:
        """Return how many were sent a message."""
        return self.count(FrameState.SENT)

    @property
    def open(self) -> int:
        """Return how many are still to come."""
        return self.count(*OPEN_STATES)

    @property
    def reconciles(self) -> bool:
        """Tell whether everybody in the frame is accounted for once."""
        return self.frame == sum(
            part.count for part in self.parts
        ) and self.sent == self.total.sent == sum(
            one.sent for one in self.channels
        ) == sum(one.sent for one in self.strata)


def reason_words(reason: str) -> str:
    """Return why somebody was not asked, in words; a rule's name or ours."""
    known: dict[str, Any] = {
        **dict(SuppressionReason.choices),
        **dict(RuleName.choices),
        **REASONS,
        "no_address": _("no address that can be used"),
        "no_consent": _("wants no surveys on this channel"),
        "bad_text": _("the message could not be written"),
    }
    return str(known.get(reason, reason))


def members_of(
    programme: Programme, wave: Wave | None, since: dt.datetime | None
) -> QuerySet[FrameMember]:
    """Return the frame of one programme, narrowed to a wave or to a period."""
    rows = FrameMember.objects.filter(programme=programme)
    if wave is not None:
        rows = rows.filter(wave=wave)
    if since is not None:
        rows = rows.filter(created_at__gte=since)
    return rows


def _reached(step: str) -> Q:
    """Return whether an invitation came as far as a step, or further."""
    later = {
        "delivered": ("delivered_at", "opened_at", "started_at", "answered_at"),
        "opened": ("opened_at", "started_at", "answered_at"),
        "started": ("started_at", "answered_at"),
        "completed": ("answered_at",),
        "failed": ("failed_at",),
    }[step]
    found = Q(pk__in=[])
    for name in later:
        found |= Q(**{f"invitation__{name}__isnull": False})
    return found & Q(state=FrameState.SENT)


def _funnels(rows: QuerySet[FrameMember], by: str) -> list[dict[str, Any]]:
    counts = {step: Count("pk", filter=_reached(step)) for step in STEPS[1:]}
    counts["failed"] = Count("pk", filter=_reached("failed"))
    sent = Count("pk", filter=Q(state=FrameState.SENT))
    grouped = rows.values(by).annotate(frame=Count("pk"), sent=sent, **counts)
    return [dict(row) for row in grouped.order_by(by)]


def monitor(
    programme: Programme,
    wave: Wave | None = None,
    *,
    days: int | None = None,
) -> Monitor:
    """Count the fieldwork of a programme's last days, or of one wave."""
    since = clock.now() - dt.timedelta(days) if days else None
    rows = members_of(programme, wave, since)
    grouped = rows.values("state", "reason").annotate(n=Count("pk")).order_by("-n")
    parts = [Part(row["state"], row["reason"], row["n"]) for row in grouped]
    if wave is not None and wave.frame_built_at:
        rest = int(wave.frame_counts.get("not_drawn", 0))
        if rest:
            parts.append(Part(FrameState.NOT_SAMPLED, "sample", rest))
    order = list(FrameState.values)
    parts.sort(key=lambda one: (order.index(one.state), -one.count))
    names = dict(Channel.choices)
    sent = rows.filter(state=FrameState.SENT)
    channels = [
        _funnel(str(names.get(row["invitation__channel"], _("no longer known"))), row)
        for row in _funnels(sent, "invitation__channel")
    ]
    strata = [_funnel(row["stratum"] or "–", row) for row in _funnels(rows, "stratum")]
    return Monitor(
        frame=sum(part.count for part in parts),
        parts=parts,
        total=_sum(channels),
        channels=channels,
        strata=strata,
        since=since,
    )


def _funnel(name: str, row: dict[str, Any]) -> Funnel:
    numbers = {key: row[key] for key in (*STEPS, "failed", "frame")}
    return Funnel(name=name, **numbers)


def _sum(funnels: Iterable[Funnel]) -> Funnel:
    rows = list(funnels)
    keys = (*STEPS, "failed", "frame")
    return Funnel(
        name="", **{key: sum(getattr(one, key) for one in rows) for key in keys}
    )


@dataclass(frozen=True)
class Quota:
    """How far one stratum is: answers there are, and answers wanted."""

    stratum: str
    wanted: int
    completed: int
    open: int
    reserve: int

    @property
    def percent(self) -> int:
        """Return the progress, at most 100."""
        return min(100, round(100 * self.completed / self.wanted)) if self.wanted else 0


def quotas(wave: Wave) -> list[Quota]:
    """Return the progress of every stratum with a quota, in the order of the plan."""
    rows: list[dict[str, Any]] = wave.programme.quotas if wave.programme else []
    counts = {
        row["stratum"]: row
        for row in FrameMember.objects.filter(wave=wave)
        .values("stratum")
        .annotate(
            done=Count("pk", filter=Q(invitation__answered_at__isnull=False)),
            open=Count("pk", filter=Q(state__in=OPEN_STATES)),
            reserve=Count("pk", filter=Q(reason="reserve")),
        )
        .order_by()
    }
    none = {"done": 0, "open": 0, "reserve": 0}
    return [
        Quota(
            stratum=str(row["stratum"]),
            wanted=int(row["wanted"]),
            completed=counts.get(row["stratum"], none)["done"],
            open=counts.get(row["stratum"], none)["open"],
            reserve=counts.get(row["stratum"], none)["reserve"],
        )
        for row in rows
    ]


@dataclass(frozen=True)
class Outlook:
    """What the fieldwork comes to if it goes on as assumed."""

    rate: float
    days_left: int
    per_day: float
    answers: int
    by_pace: int


def outlook(found: Monitor, *, rate: float, days_left: int, elapsed: float) -> Outlook:
    """Say how many answers there will be, at a response rate and at today's pace.

    By rate: every invitation that is out or still to come is answered at the assumed
    rate, and none that was answered is lost. By pace: answers go on as fast as they
    came per day until now.
    """
    hoped = rate * (found.sent + found.open)
    done = found.total.completed
    per_day = done / elapsed if elapsed > 0 else 0.0
    return Outlook(
        rate=rate,
        days_left=days_left,
        per_day=per_day,
        answers=max(done, round(hoped)),
        by_pace=done + round(per_day * days_left),
    )
