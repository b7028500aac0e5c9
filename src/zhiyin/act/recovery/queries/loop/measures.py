"""Shares and times of a set of cases, each with its n and its interval."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import pyarrow as pa

from cxstats.estimates import Estimate
from cxstats.experiments import Moments
from cxstats.experiments.effects import arm_estimate
from cxstats.loyalty import survival
from zhiyin.act.recovery.queries.loop.definitions import (
    LEVEL,
    QUANTILES,
    REOPENED_WITHIN,
    REPEATED_WITHIN,
    SHARES,
    TIMES,
    Definition,
)
from zhiyin.act.recovery.queries.loop.rows import DETRACTOR, Row, Rows

Judgement = Callable[[Row], bool | None]


@dataclass(frozen=True)
class Measured:
    """One number of the report; `quantile` is given for times."""

    definition: Definition
    estimate: Estimate
    quantile: float | None = None

    @property
    def code(self) -> str:
        """Return the number's name in exports and in the API."""
        if self.quantile is None:
            return self.definition.code
        return f"{self.definition.code}_p{self.quantile * 100:.0f}"


def moments(outcomes: Iterable[bool]) -> Moments:
    """Count outcomes for the estimators."""
    given = list(outcomes)
    return Moments(len(given), len(given), sum(given), sum(given))


def judgements(rows: Rows, now: dt.datetime) -> dict[str, Judgement]:
    """Return what each share counts: True, False, or None where it says nothing."""
    return {
        "closed_loop": lambda row: _kept(row.resolve_by, row.settled_at, now),
        "contact": lambda row: row.contacted_at is not None if _tried(row) else None,
        "contact_clock": lambda row: _kept(row.contact_by, row.contacted_at, now),
        "resolve_clock": lambda row: _kept(row.resolve_by, _solved(row), now),
        "reopened": lambda row: _reopened(row, now),
        "repeat": lambda row: _repeated(row, rows, now),
        "told": lambda row: bool(row.customer_told) if row.closed_at else None,
    }


def _tried(row: Row) -> bool:
    return row.was_tried or row.contacted_at is not None


def _solved(row: Row) -> dt.datetime | None:
    known = [each for each in (row.resolved_at, row.explained_at) if each]
    return min(known) if known else None


def _kept(
    due: dt.datetime | None, done: dt.datetime | None, now: dt.datetime
) -> bool | None:
    """Tell whether a clock was kept; nothing before it is over."""
    if due is None or due > now:
        return None
    return done is not None and done <= due


def _reopened(row: Row, now: dt.datetime) -> bool | None:
    closed = row.first_closed_at
    if closed is None or closed > now - REOPENED_WITHIN:
        return None
    return row.reopened_at is not None and row.reopened_at <= closed + REOPENED_WITHIN


def _repeated(row: Row, rows: Rows, now: dt.datetime) -> bool | None:
    if row.given_class != DETRACTOR or row.customer_id is None:
        return None
    if row.settled_at is None or row.settled_at > now - REPEATED_WITHIN:
        return None
    later = rows.after(row.customer_id, row.settled_at, REPEATED_WITHIN)
    return any(each.given_class == DETRACTOR for each in later)


def share_of(cases: Iterable[Row], judge: Judgement) -> Moments:
    """Count how often something holds among the cases that it is asked of."""
    said = (judge(row) for row in cases)
    return moments(each for each in said if each is not None)


def shares(rows: Rows, now: dt.datetime) -> list[Measured]:
    """Return every share of the report."""
    judges = judgements(rows, now)
    return [
        Measured(
            one,
            arm_estimate(share_of(rows.cases, judges[one.code]), "share", LEVEL),
        )
        for one in SHARES
    ]


def times(cases: Sequence[Row], now: dt.datetime) -> list[Measured]:
    """Return how long things took, in hours; what is not yet done is censored."""
    ends: dict[str, Callable[[Row], dt.datetime | None]] = {
        "to_contact": lambda row: row.contacted_at,
        "to_close": lambda row: row.first_closed_at,
    }
    return [
        Measured(one, estimate, quantile)
        for one in TIMES
        for quantile, estimate in zip(
            QUANTILES, _quantiles(cases, ends[one.code], now), strict=True
        )
    ]


def _quantiles(
    cases: Sequence[Row],
    end: Callable[[Row], dt.datetime | None],
    now: dt.datetime,
) -> list[Estimate]:
    if not cases:
        nothing = Estimate(
            math.nan, "time", math.nan, math.nan, math.nan, LEVEL, 0, 0.0, "none"
        )
        return [nothing] * len(QUANTILES)
    pairs = [(row, end(row)) for row in cases]
    hours = [
        # To a tenth of an hour: the curve has a step per different time.
        round(max((done or now) - row.opened_at, dt.timedelta()) / _TENTH) / 10
        for row, done in pairs
    ]
    data = pa.table(
        {"hours": hours, "done": [int(done is not None) for _row, done in pairs]}
    )
    curve = survival(data, duration="hours", event="done", level=LEVEL).curve()
    return [curve.quantile(share) for share in QUANTILES]


_TENTH = dt.timedelta(minutes=6)
