"""The whole report of the loop, made once for the page, the API and the files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from cxstats.reporting import MinimumN
from zhiyin.accounts.models import Permission, Person
from zhiyin.act.recovery.queries.loop.conversion import Conversion, conversion
from zhiyin.act.recovery.queries.loop.groups import DIMENSIONS, Groups, groups_of
from zhiyin.act.recovery.queries.loop.measures import Measured, shares, times
from zhiyin.act.recovery.queries.loop.risk import Risk, risk
from zhiyin.act.recovery.queries.loop.rows import Reach, read_rows
from zhiyin.act.recovery.queries.loop.saved import Saved, saved
from zhiyin.act.recovery.queries.loop.unreached import sides_of
from zhiyin.act.recovery.queries.ways import settings_of
from zhiyin.analyze.metrics.queries.addresses import scope_of
from zhiyin.analyze.metrics.queries.periods import Period, parse_period
from zhiyin.analyze.metrics.queries.scores import policy_of
from zhiyin.common import clock

DEFAULT_PERIOD = "90d"


@dataclass(frozen=True)
class Wanted:
    """What an address asks of the report."""

    period: Period
    department: str = ""
    touchpoint: str = ""
    by: str = DIMENSIONS[0]


@dataclass(frozen=True)
class LoopReport:
    """Every number of the report, for the cases opened in a period."""

    wanted: Wanted
    policy: MinimumN
    cases: int
    open_cases: int
    is_cut: bool
    shares: list[Measured]
    times: list[Measured]
    conversion: Conversion
    saved: tuple[Saved, ...]
    risk: Risk
    groups: Groups
    made_at: dt.datetime

    @property
    def measured(self) -> list[Measured]:
        """Return shares and times in the order of the report."""
        return [*self.shares, *self.times]


def read_wanted(query: Mapping[str, str], zone: str) -> Wanted:
    """Read an address; what cannot be read means the default."""
    preset = query.get("period") or DEFAULT_PERIOD
    period = parse_period(query.get("from", ""), query.get("to", ""), preset, zone)
    by = query.get("by", "")
    return Wanted(
        period=period,
        department=query.get("department", ""),
        touchpoint=query.get("touchpoint", ""),
        by=by if by in DIMENSIONS else DIMENSIONS[0],
    )


def may_see_people(person: Person) -> bool:
    """Tell whether somebody may see the loop by colleague: who leads cases."""
    return person.may(Permission.LEAD_CASES)


def loop_report(person: Person, wanted: Wanted) -> LoopReport:
    """Make the report of what lies within the reach of a person's roles."""
    organisation = person.organisation
    now = clock.now()
    start, end = (
        each.replace(tzinfo=dt.UTC) if each else None for each in wanted.period.bounds
    )
    reach = Reach(
        organisation,
        start,
        end,
        scope_of(person),
        wanted.department,
        wanted.touchpoint,
    )
    rows = read_rows(reach)
    sides = sides_of(rows, reach)
    stayed = saved(sides, organisation, now)
    policy = policy_of(organisation)
    by = wanted.by
    if by == "person" and not may_see_people(person):
        by = DIMENSIONS[0]
    return LoopReport(
        wanted=wanted,
        policy=policy,
        cases=len(rows.cases),
        open_cases=sum(row.closed_at is None for row in rows.cases),
        is_cut=rows.is_cut,
        shares=shares(rows, now),
        times=times(rows.cases, now),
        conversion=conversion(rows, sides),
        saved=stayed,
        risk=risk(reach, settings_of(organisation.pk), stayed, policy.shown),
        groups=groups_of(rows, by, policy, now),
        made_at=now,
    )
