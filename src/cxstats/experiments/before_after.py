"""The front door of before and after with a control group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cxstats.engine import (
    Engine,
    KeyLike,
    PeriodBucket,
    Source,
    resolve_column,
)
from cxstats.engine.keys import naive_utc
from cxstats.errors import InputError
from cxstats.estimates import Estimate, Notice, json_value
from cxstats.experiments.before_after_result import BeforeAfter
from cxstats.experiments.differences import (
    FourCells,
    PreTrend,
    as_dict,
    pooled,
    pre_trend,
)
from cxstats.experiments.effects import arm_estimate
from cxstats.experiments.moments import (
    UNITS,
    Moments,
    Outcome,
    collect_moments,
    is_missing,
    kind_of,
)
from cxstats.filters import Filter
from cxstats.inputs import engine_for, filter_of, source_of
from cxstats.scales import Scale, parse_scale

__all__ = ["difference_in_differences"]

_FEW_CLUSTERS = 20
_ALPHA = 0.05
_MOST_PERIODS = 2_000


@dataclass(frozen=True)
class _Plan:
    """Who was treated, when, and how units hang together."""

    group: str
    treated: Any
    time: str
    after: Any
    periods: tuple[Any, ...]
    cluster: str | None
    level: float


def difference_in_differences(  # noqa: PLR0913 - a notebook names what it means
    data: Any,
    *,
    outcome: str,
    group: str,
    treated: Any,
    time: str,
    after: Any,
    periods: Sequence[Any] = (),
    cluster: str | None = None,
    placebo_outcome: str | None = None,
    kind: str = "auto",
    scale: str | Scale | None = None,
    where: str | Filter | None = None,
    level: float = 0.95,
    engine: Engine | str | None = None,
) -> BeforeAfter:
    """Estimate a treatment's effect from treated and control units, before and after.

    Parameters
    ----------
    data
        A frame, an Arrow table, a path or an engine source. One row per outcome.
    outcome, kind, scale
        As in `experiment`.
    group, treated
        Column of the groups and the value of the treated one; all others are control.
    time, after
        Column of the time, and the first day (or the first value, of a column that is
        no date) of the time after the treatment.
    periods
        For a date column: the first days of the periods to compare before the
        treatment. The values of any other column are periods by themselves.
    cluster
        Column of the units that were treated as a whole (grid, shop, person): without
        it the interval is too short when they have many rows.
    placebo_outcome
        Column of a number that the treatment cannot change.
    where, level, engine
        As in `nps`.

    Raises
    ------
    InputError
        If a column or value cannot be used, or a cell has fewer than two outcomes.

    Notes
    -----
    Assumes that without the treatment both groups would have changed alike. The
    periods before can contradict this (`pre_trend`, `placebo`), never prove it. Units
    chosen because they were worst get better by themselves: see
    `regression_to_the_mean`. For treatments that begin at different times use an
    estimator for staggered adoption.

    Examples
    --------
    >>> import pyarrow as pa
    >>> data = pa.table({"shop": list("aabb") * 2, "wave": [1] * 4 + [2] * 4,
    ...                  "y": [1.0, 3.0, 2.0, 4.0, 6.0, 8.0, 3.0, 5.0]})
    >>> difference_in_differences(data, outcome="y", group="shop", treated="a",
    ...                           time="wave", after=2).estimate.value
    4.0
    """
    read = None if scale is None else parse_scale(scale)
    measured = Outcome(outcome, kind, read, filter_of(where))
    plan = _Plan(group, treated, time, after, tuple(periods), cluster, level)
    kept = measured.where.columns() if measured.where is not None else ()
    names = (outcome, group, time, cluster, placebo_outcome, *kept)
    with engine_for(engine) as opened:
        source = source_of(data, [name for name in names if name])
        found = _Cells.collect(opened, source, measured, plan)
        other = None
        if placebo_outcome is not None:
            again = Outcome(placebo_outcome, "auto", None, measured.where)
            other = _Cells.collect(opened, source, again, plan)
    return _answer(found, other, measured, plan)


@dataclass(frozen=True)
class _Cells:
    """Outcomes by side (treated or not), period and cluster."""

    moments: dict[tuple[bool, Any, Any], Moments]
    is_after: dict[Any, bool]
    labels: dict[Any, Any]

    @classmethod
    def collect(
        cls, engine: Engine, source: Source, outcome: Outcome, plan: _Plan
    ) -> _Cells:
        kinds = engine.kinds(source)
        key, edges = _time_key(kinds[resolve_column(plan.time, kinds)].is_time, plan)
        keys = [plan.group, key, *([plan.cluster] if plan.cluster else [])]
        found: dict[tuple[bool, Any, Any], Moments] = {}
        for place, moments in collect_moments(engine, source, outcome, keys).items():
            if any(is_missing(part) for part in place):
                continue
            own = (_same(place[0], plan.treated), place[1], place[-1])
            found[own] = found.get(own, Moments()) + moments
        if not any(place[0] for place in found):
            raise InputError(f"no row has {plan.treated!r} in {plan.group!r}")
        at = sorted({place[1] for place in found})
        if len(at) > _MOST_PERIODS:
            raise InputError(f"{plan.time!r} holds {len(at):,} values; use periods")
        return cls(found, _phases(at, edges, plan), _labels(at, edges))

    def cells(self, before: Sequence[Any], after: Sequence[Any]) -> FourCells:
        """Pool the four cells of two sets of periods."""
        return _four(self.moments, set(before), set(after))

    def clusters(self, before: Sequence[Any], after: Sequence[Any]) -> list[FourCells]:
        """Pool the four cells of every cluster."""
        split: dict[Any, dict[tuple[bool, Any, Any], Moments]] = {}
        for place, moments in self.moments.items():
            split.setdefault(place[2], {})[place] = moments
        return [_four(own, set(before), set(after)) for own in split.values()]

    def side(self, period: Any, *, treated: bool) -> Moments:
        """Pool one side in one period."""
        return pooled(
            m
            for (is_treated, at, _), m in self.moments.items()
            if at == period and is_treated is treated
        )


def _four(
    found: dict[tuple[bool, Any, Any], Moments], before: set[Any], after: set[Any]
) -> FourCells:
    def pool(periods: set[Any], *, treated: bool) -> Moments:
        return pooled(
            m for (own, at, _), m in found.items() if own is treated and at in periods
        )

    return FourCells(
        pool(before, treated=True),
        pool(after, treated=True),
        pool(before, treated=False),
        pool(after, treated=False),
    )


def _same(stored: Any, wanted: Any) -> bool:
    return bool(stored == wanted) or str(stored) == str(wanted)


def _time_key(is_time: bool, plan: _Plan) -> tuple[KeyLike, tuple[date, ...]]:  # noqa: FBT001
    """Cut dates at the treatment and the periods before it."""
    if not is_time:
        return plan.time, ()
    edges = tuple(sorted({_moment(day) for day in (*plan.periods, plan.after)}))
    return PeriodBucket(plan.time, edges), edges


def _moment(day: Any) -> datetime:
    """Return a moment in UTC; a day without a zone begins at midnight UTC."""
    try:
        text = day.isoformat() if isinstance(day, date) else str(day)
        return naive_utc(datetime.fromisoformat(text))
    except ValueError as error:
        raise InputError(f"{day!r} is not a date; write it as 2026-05-01") from error


def _phases(at: list[Any], edges: tuple[date, ...], plan: _Plan) -> dict[Any, bool]:
    if edges:
        first = edges.index(_moment(plan.after)) + 1
        return {period: period >= first for period in at}
    try:
        phases = {period: bool(period >= plan.after) for period in at}
    except TypeError as error:
        raise InputError(
            f"after={plan.after!r} cannot be compared with the values of "
            f"{plan.time!r}, such as {at[0]!r}"
        ) from error
    return phases


def _labels(at: list[Any], edges: tuple[date, ...]) -> dict[Any, Any]:
    if not edges:
        return {period: period for period in at}
    starts = [f"before {edges[0]:%Y-%m-%d}", *(f"{edge:%Y-%m-%d}" for edge in edges)]
    return {period: starts[period] for period in at}


def _answer(
    found: _Cells, other: _Cells | None, outcome: Outcome, plan: _Plan
) -> BeforeAfter:
    kind = kind_of(outcome, list(found.moments.values()))
    before = [period for period, is_after in found.is_after.items() if not is_after]
    after = [period for period, is_after in found.is_after.items() if is_after]
    estimate, p, errors, clusters = _estimate(found, before, after, kind, plan)
    factor = 100.0 if kind == "nps" else 1.0
    trend = pre_trend(
        [(found.side(at, treated=True), found.side(at, treated=False)) for at in before]
    )
    placebo = None
    if len(before) > 1:
        placebo = _estimate(found, before[:-1], before[-1:], kind, plan)[0]
    changed = None
    if other is not None:
        own = kind_of(Outcome(""), list(other.moments.values()))
        changed = _estimate(other, before, after, own, plan)[0]
    cells = dict(
        zip(
            ("treated_before", "treated_after", "control_before", "control_after"),
            found.cells(before, after).all,
            strict=True,
        )
    )
    return BeforeAfter(
        outcome=outcome.column,
        kind=kind,
        unit=UNITS[kind],
        estimate=estimate,
        p=p,
        errors=errors,
        cells={
            name: arm_estimate(cell, kind, plan.level) for name, cell in cells.items()
        },
        trend=as_dict(trend, factor),
        placebo=placebo,
        placebo_outcome=changed,
        series=_series(found, factor),
        warnings=tuple(_notices(trend, placebo, changed, clusters, plan)),
    )


def _estimate(
    found: _Cells, before: list[Any], after: list[Any], kind: str, plan: _Plan
) -> tuple[Estimate, float, dict[str, float], int]:
    """Estimate the difference between two sets of periods."""
    cells = found.cells(before, after)
    difference = cells.difference()
    errors, df, used = dict(difference.errors), difference.df, "HC2"
    clusters = 0
    if plan.cluster is not None:
        errors["cluster"], clusters = cells.clustered(found.clusters(before, after))
        used, df = "cluster", clusters - 1.0
    lower, upper, p = difference.interval(errors[used], df, plan.level)
    factor = 100.0 if kind == "nps" else 1.0
    n = int(sum(cell.n for cell in cells.all))
    estimate = Estimate(
        value=difference.value * factor,
        unit=UNITS[kind],
        std_error=errors[used] * factor,
        lower=lower * factor,
        upper=upper * factor,
        level=plan.level,
        n=n,
        n_effective=float(n),
        method=f"difference_in_differences_{used}",
    )
    return estimate, p, {name: x * factor for name, x in errors.items()}, clusters


def _series(found: _Cells, factor: float) -> tuple[dict[str, Any], ...]:
    rows = []
    for period, is_after in found.is_after.items():
        for treated in (True, False):
            own = found.side(period, treated=treated)
            rows.append(
                {
                    "period": json_value(found.labels[period]),
                    "group": "treated" if treated else "control",
                    "phase": "after" if is_after else "before",
                    "value": own.mean * factor,
                    "n": int(own.n),
                }
            )
    return tuple(rows)


def _notices(
    trend: PreTrend | None,
    placebo: Estimate | None,
    changed: Estimate | None,
    clusters: int,
    plan: _Plan,
) -> list[Notice]:
    found = []
    if trend is None:
        found.append(
            Notice(
                "pre_trend",
                "there is only one period before the treatment, so nothing shows "
                "whether the groups moved alike; add earlier periods",
            )
        )
    elif min(trend.p, trend.p_equal) < _ALPHA:
        found.append(
            Notice(
                "pre_trend",
                "the groups did not move alike before the treatment (p = "
                f"{min(trend.p, trend.p_equal):.2g}): the effect may be this trend",
            )
        )
    for name, check in (("placebo", placebo), ("placebo_outcome", changed)):
        if check is not None and (check.lower > 0 or check.upper < 0):
            found.append(
                Notice(
                    name,
                    "the placebo shows a difference where none can be "
                    f"({check.lower:.3g} to {check.upper:.3g}): something else differs",
                )
            )
    if plan.cluster is None:
        found.append(
            Notice(
                "cluster",
                "if whole units (grids, shops, people) were treated, name their "
                "column as cluster: the interval is too short otherwise",
            )
        )
    elif clusters < _FEW_CLUSTERS:
        found.append(
            Notice(
                "few_clusters",
                f"there are {clusters} clusters; below {_FEW_CLUSTERS} the interval is "
                "too short, below 5 it means little",
            )
        )
    return found
