"""Which clocks of a case run, and when somebody has to look at it next; pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from zhiyin.act.cases.models import OVER, Case, State

WARN, LATE = "warn", "late"
# The case has its answer, or can have none: what is left is to verify and to close.
TO_BE_CLOSED = frozenset(
    {
        State.RESOLVED,
        State.VERIFIED,
        State.UNREACHABLE,
        State.NO_CONTACT_REQUESTED,
    },
)
Done = Collection[tuple[str, str, dt.datetime]]
"""What was escalated: clock, step, and what the clock read."""


@dataclass(frozen=True)
class Clock:
    """One clock that runs: when it is nearly over, and when it is."""

    name: str
    warn_at: dt.datetime | None
    due_at: dt.datetime


def running_clocks(case: Case) -> list[Clock]:
    """Return the clocks of a case that still run, in the order of their deadlines."""
    known = (Clock(name, warn, due) for name, warn, due in _clocks(case) if due)
    return sorted(known, key=lambda clock: clock.due_at)


def _clocks(
    case: Case,
) -> Iterator[tuple[str, dt.datetime | None, dt.datetime | None]]:
    if case.state in OVER:
        return
    if case.acknowledged_at is None:
        yield "acknowledge", case.acknowledge_warn_at, case.acknowledge_by
    if case.contacted_at is None and case.state not in TO_BE_CLOSED:
        yield "contact", case.contact_warn_at, case.contact_by
    if case.resolved_at is None and case.explained_at is None:
        yield "resolve", case.resolve_warn_at, case.resolve_by
    yield "promise", None, case.promise_due_at
    yield "update", None, case.next_update_at
    yield "close", None, case.close_by


def next_check(case: Case, done: Done) -> dt.datetime | None:
    """Return when the next clock has to be escalated; None when none is left."""
    wanted = [
        at
        for clock in running_clocks(case)
        for step, at in ((WARN, clock.warn_at), (LATE, clock.due_at))
        if at is not None
        and (clock.name, step, clock.due_at) not in done
        and (clock.name, LATE, clock.due_at) not in done
    ]
    return min(wanted, default=None)


def due_steps(case: Case, done: Done, now: dt.datetime) -> list[tuple[Clock, str]]:
    """Return what is to be escalated now; of a clock that ran out only that."""
    found = []
    for clock in running_clocks(case):
        if (clock.name, LATE, clock.due_at) in done:
            continue
        if clock.due_at <= now:
            found.append((clock, LATE))
        elif (
            clock.warn_at is not None
            and clock.warn_at <= now
            and (clock.name, WARN, clock.due_at) not in done
        ):
            found.append((clock, WARN))
    return found
