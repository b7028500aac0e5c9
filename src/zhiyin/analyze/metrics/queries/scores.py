"""The numbers themselves: one function that every page, export and API calls."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from django.core.cache import cache

from cxstats.engine import HistogramQuery, KeyLike, PeriodBucket
from cxstats.estimates import Estimate
from cxstats.filters import IsNull, Not
from cxstats.metrics import MetricResult, ces, csat, nps
from cxstats.reporting import MinimumN
from zhiyin.accounts.models import Organisation
from zhiyin.analyze.lake.queries import LakeSnapshot
from zhiyin.analyze.metrics.queries.engine import shared_engine
from zhiyin.analyze.metrics.queries.periods import (
    Buckets,
    Period,
    bucket_days,
    today,
)
from zhiyin.analyze.metrics.queries.selection import Selection

CACHE_SECONDS = 3600
_Value = TypeVar("_Value")


def policy_of(organisation: Organisation) -> MinimumN:
    """Return from how many answers on the organisation shows and ranks scores."""
    return MinimumN(organisation.minimum_n_score, organisation.minimum_n_rank)


def remembered(
    snapshot: LakeSnapshot,
    selection: Selection,
    what: str,
    make: Callable[[], _Value],
) -> _Value:
    """Return an answer made before from the same data, else make it.

    The lake's version is part of the key: a new answer makes every old entry
    unreachable instead of wrong.
    """
    owner = f"{selection.organisation_id}|{snapshot.version}"
    return remembered_under(f"score|{owner}|{what}|{selection.cache_key()}", make)


def remembered_under(key: str, make: Callable[[], _Value]) -> _Value:
    """Return what was kept under a key, else make and keep it."""
    short = hashlib.blake2b(key.encode(), digest_size=24).hexdigest()
    found: _Value | None = cache.get(short)
    if found is None:
        found = make()
        cache.set(short, found, CACHE_SECONDS)
    return found


def measure(
    snapshot: LakeSnapshot,
    selection: Selection,
    by: tuple[KeyLike, ...] = (),
) -> MetricResult:
    """Return the series' metric for a selection, in groups where asked."""
    metric = {"nps": nps, "csat": csat, "ces": ces}[selection.series.kind]
    return metric(
        snapshot.source,
        score="score",
        by=by,
        scale=selection.series.scale,
        weight="weight" if selection.is_weighted else None,
        where=selection.filter(),
        engine=shared_engine(),
    )


def score(snapshot: LakeSnapshot, selection: Selection) -> MetricResult:
    """Return the metric over the whole selection, from memory where possible."""
    return remembered(snapshot, selection, "all", lambda: measure(snapshot, selection))


@dataclass(frozen=True)
class TrendPoint:
    """One step of a trend; without answers it has no estimate."""

    start: dt.date
    end: dt.date
    estimate: Estimate | None


@dataclass(frozen=True)
class Trend:
    """A score over time in equal steps."""

    step: str
    points: tuple[TrendPoint, ...]

    @property
    def first(self) -> dt.date:
        """Return the first day counted."""
        return self.points[0].start

    @property
    def last(self) -> dt.date:
        """Return the last day counted."""
        return self.points[-1].end


def trend(snapshot: LakeSnapshot, selection: Selection) -> Trend:
    """Return the metric in days, weeks, months or years, by the period's length."""
    period = filled(snapshot, selection)
    if period is None or period.first is None or period.last is None:
        return Trend("month", ())
    buckets = bucket_days(period.first, period.last)
    return remembered(
        snapshot,
        selection.during(period),
        "trend",
        lambda: _trend(snapshot, selection.during(period), buckets),
    )


def _trend(snapshot: LakeSnapshot, selection: Selection, buckets: Buckets) -> Trend:
    period = selection.period
    edges = tuple(period.midnight(day) for day in (*buckets.starts, buckets.end))
    key = PeriodBucket("responded_at", edges, name="step")
    result = measure(snapshot, selection, (key,))
    found = {group.by["step"]: group.estimate for group in result.groups}
    ends = (*buckets.starts[1:], buckets.end)
    first, last = period.first or edges[0].date(), period.last or edges[-1].date()
    points = [
        TrendPoint(
            max(start, first),
            min(end - dt.timedelta(1), last),
            found.get(number),
        )
        for number, (start, end) in enumerate(
            zip(buckets.starts, ends, strict=True),
            start=1,
        )
    ]
    return Trend(buckets.step, _trimmed(points))


def filled(snapshot: LakeSnapshot, selection: Selection) -> Period | None:
    """Return the selection's period with open ends closed by the lake's months."""
    period = selection.period
    if period.first is not None and period.last is not None:
        return period
    if not snapshot.months:
        return None
    first = dt.date.fromisoformat(f"{min(snapshot.months)}-01")
    last = dt.date.fromisoformat(f"{max(snapshot.months)}-01")
    end = (last.replace(day=28) + dt.timedelta(4)).replace(day=1) - dt.timedelta(1)
    return Period(
        period.first or first,
        period.last or min(end, today(period.zone)),
        period.zone,
        period.preset,
    )


def _trimmed(points: list[TrendPoint]) -> tuple[TrendPoint, ...]:
    """Drop the empty steps before the first answer and after the last one."""
    answered = [i for i, point in enumerate(points) if point.estimate is not None]
    return tuple(points[answered[0] : answered[-1] + 1]) if answered else ()


def nps_like(snapshot: LakeSnapshot, selection: Selection) -> MetricResult:
    """Return the NPS-like number of a satisfaction question; it is not NPS."""
    return remembered(
        snapshot,
        selection,
        "nps_like",
        lambda: nps(
            snapshot.source,
            score="score",
            scale=selection.series.scale,
            weight="weight" if selection.is_weighted else None,
            where=selection.filter(),
            engine=shared_engine(),
        ),
    )


def set_aside(snapshot: LakeSnapshot, selection: Selection) -> dict[str, int]:
    """Return answers set aside by a rule or a person, by reason."""
    return remembered(
        snapshot,
        selection,
        "set_aside",
        lambda: _set_aside(snapshot, selection),
    )


def _set_aside(snapshot: LakeSnapshot, selection: Selection) -> dict[str, int]:
    query = HistogramQuery(
        score="excluded",
        where=selection.filter(with_excluded=True),
    )
    table = shared_engine().score_histogram(snapshot.source, query)
    pairs = zip(
        table.column("score").to_pylist(),
        table.column("n").to_pylist(),
        strict=True,
    )
    return {reason: n for reason, n in pairs if reason is not None}


def quantile_edges(
    snapshot: LakeSnapshot,
    selection: Selection,
    column: str,
    bins: int,
) -> tuple[float, ...]:
    """Return the distinct inner quantiles that cut a number into equal parts."""
    query = HistogramQuery(score=column, where=selection.filter())
    table = shared_engine().score_histogram(snapshot.source, query)
    pairs = zip(
        table.column("score").to_pylist(),
        table.column("n").to_pylist(),
        strict=True,
    )
    counts = sorted((value, n) for value, n in pairs if value is not None)
    total = sum(n for _value, n in counts)
    edges: list[float] = []
    seen = 0
    for value, n in counts:
        if seen and len(edges) + 1 < bins and seen >= total * (len(edges) + 1) / bins:
            edges.append(float(value))
        seen += n
    return tuple(edges)


def has_weights(snapshot: LakeSnapshot, selection: Selection) -> bool:
    """Tell whether answers of the selected series carry weights."""
    series = replace(selection, conditions=(), answer_class="", is_weighted=False)
    return remembered(
        snapshot,
        series,
        "has_weights",
        lambda: _has_weights(snapshot, series),
    )


def _has_weights(snapshot: LakeSnapshot, selection: Selection) -> bool:
    kept = selection.filter() & Not(IsNull("weight"))
    query = HistogramQuery(score="metric", where=kept)
    return bool(shared_engine().score_histogram(snapshot.source, query).num_rows)
