"""The numbers themselves: one function that every page, export and API calls."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass, replace

from cxstats.engine import HistogramQuery, KeyLike, OrderBy, PeriodBucket, TopQuery
from cxstats.estimates import Estimate
from cxstats.filters import Filter, IsNull, Not
from cxstats.metrics import MetricResult, ces, csat, nps
from cxstats.reporting import MinimumN
from zhiyin.accounts.models import Organisation
from zhiyin.analyze.lake.queries import LakeSnapshot
from zhiyin.analyze.metrics.queries.engine import shared_engine
from zhiyin.analyze.metrics.queries.memory import remembered
from zhiyin.analyze.metrics.queries.periods import (
    Buckets,
    Period,
    bucket_days,
    today,
)
from zhiyin.analyze.metrics.queries.selection import NPS_LIKE, Selection

_METRICS = {"nps": nps, "csat": csat, "ces": ces}
_PLACES = ("stratum", "cluster")
_WEIGHTED = Not(IsNull("weight"))


def policy_of(organisation: Organisation) -> MinimumN:
    """Return from how many answers on the organisation shows and ranks scores."""
    return MinimumN(organisation.minimum_n_score, organisation.minimum_n_rank)


@dataclass(frozen=True)
class Design:
    """What of the sampling is recorded with every weighted answer of a series."""

    has_strata: bool = False
    has_clusters: bool = False


def has_weights(snapshot: LakeSnapshot, selection: Selection) -> bool:
    """Tell whether answers of the selected series carry weights."""
    series = _whole_series(selection)
    where = series.filter() & _WEIGHTED
    return remembered(
        snapshot,
        series,
        "has_weights",
        lambda: count(snapshot, where) > 0,
    )


def design_of(snapshot: LakeSnapshot, selection: Selection) -> Design:
    """Return what may be used of strata and clusters in a series.

    They count only where every answer with a weight carries them: a stratum that some
    lack would silently leave those answers out.
    """
    series = _whole_series(selection)
    return remembered(snapshot, series, "design", lambda: _design(snapshot, series))


def _design(snapshot: LakeSnapshot, series: Selection) -> Design:
    lacking = (
        count(snapshot, series.filter() & _WEIGHTED & IsNull(name)) for name in _PLACES
    )
    strata, clusters = (not missing for missing in lacking)
    return Design(has_strata=strata, has_clusters=clusters)


def _whole_series(selection: Selection) -> Selection:
    return replace(
        selection.of_every_answer(),
        conditions=(),
        metric="",
        is_weighted=False,
        period=Period(None, None, selection.period.zone),
    )


def count(snapshot: LakeSnapshot, where: Filter) -> int:
    """Count rows of the lake."""
    query = HistogramQuery(score="metric", where=where)
    table = shared_engine().score_histogram(snapshot.source, query)
    return sum(table.column("n").to_pylist())


def measure(
    snapshot: LakeSnapshot,
    selection: Selection,
    by: tuple[KeyLike, ...] = (),
) -> MetricResult:
    """Return the selection's metric, in groups where asked.

    With weights the variance follows the design that the answers carry.
    """
    kind = selection.series.kind
    metric = nps if selection.metric == NPS_LIKE else _METRICS[kind]
    design = design_of(snapshot, selection) if selection.is_weighted else Design()
    return metric(
        snapshot.source,
        score="score",
        by=by,
        scale=selection.series.scale,
        weight="weight" if selection.is_weighted else None,
        strata="stratum" if design.has_strata else None,
        cluster="cluster" if design.has_clusters else None,
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


def first_day(snapshot: LakeSnapshot, selection: Selection) -> dt.date | None:
    """Return the day of the first answer of the selected series, in local time."""
    series = _whole_series(selection)
    return remembered(
        snapshot,
        series,
        "first_day",
        lambda: _first_day(snapshot, series),
    )


def _first_day(snapshot: LakeSnapshot, series: Selection) -> dt.date | None:
    order = (OrderBy("responded_at"),)
    query = TopQuery(("responded_at",), order, 1, where=series.filter())
    found = shared_engine().top_rows(snapshot.source, query).column("responded_at")
    if not len(found):
        return None
    moment: dt.datetime = found[0].as_py()
    zone = zoneinfo.ZoneInfo(series.period.zone)
    return moment.replace(tzinfo=dt.UTC).astimezone(zone).date()


def _trimmed(points: list[TrendPoint]) -> tuple[TrendPoint, ...]:
    """Drop the empty steps before the first answer and after the last one."""
    answered = [i for i, point in enumerate(points) if point.estimate is not None]
    return tuple(points[answered[0] : answered[-1] + 1]) if answered else ()


def set_aside(snapshot: LakeSnapshot, selection: Selection) -> dict[str, int]:
    """Return answers set aside by a rule or a person, by reason."""
    return remembered(
        snapshot,
        selection,
        "set_aside",
        lambda: _set_aside(snapshot, selection),
    )


def _set_aside(snapshot: LakeSnapshot, selection: Selection) -> dict[str, int]:
    where = selection.filter(with_excluded=True) & Not(IsNull("excluded"))
    query = HistogramQuery(score="excluded", where=where)
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
