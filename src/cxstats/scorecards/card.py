"""The fair scorecard of units, from rows to verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from cxstats.aggregates import ScaleCoding, ScoreCells
from cxstats.engine import Engine, HistogramQuery, KeyLike
from cxstats.engine.keys import as_key
from cxstats.errors import InputError
from cxstats.estimates import Floats, Notice
from cxstats.filters import Filter
from cxstats.inputs import engine_for, filter_of, source_of
from cxstats.metrics.notices import scale_notices
from cxstats.reporting import DEFAULT_POLICY, MinimumN
from cxstats.scales import NPS_0_10, Scale, parse_scale
from cxstats.scorecards.heterogeneity import TauMethod
from cxstats.scorecards.judging import Rules, Scores, judge_units
from cxstats.scorecards.mix import Adjusted, MixCells, adjust_by_model, standardise
from cxstats.scorecards.result import About, Scorecard
from cxstats.weighting.classes import adjustment_keys, listed, merge_rare

__all__ = ["AdjustMethod", "ScoreMetric", "scorecard", "scorecard_from_cells"]

AdjustMethod = Literal["model", "direct"]
ScoreMetric = Literal["nps", "mean"]

Flags = npt.NDArray[np.bool_]

MOST_VALUES = 60
"""Values of a mix column beyond the most frequent ones share one class."""

_ADJUSTMENTS = {"model": adjust_by_model, "direct": standardise}


def scorecard(  # noqa: PLR0913 - a notebook names what it means, all but three optional
    data: Any,
    *,
    unit: KeyLike,
    score: str,
    metric: ScoreMetric = "nps",
    adjust: KeyLike | Sequence[KeyLike] = (),
    adjust_method: AdjustMethod = "model",
    target: float | None = None,
    weight: str | None = None,
    method: TauMethod = "reml",
    scale: str | Scale | None = None,
    missing: Sequence[Any] = (),
    where: str | Filter | None = None,
    minimum: MinimumN = DEFAULT_POLICY,
    level: float = 0.95,
    engine: Engine | str | None = None,
) -> Scorecard:
    """Compare units fairly: people, departments, shops, grids.

    Parameters
    ----------
    data
        Anything that `nps` takes; one row per answer.
    unit
        Column of units; rows without one are left out and counted.
    score
        Column of answers.
    metric
        ``nps``, in points, or ``mean``, in points of the scale.
    adjust
        Columns of the mix of customers that units did not choose, such as product
        or channel. Numbers of more than twelve values are cut at their quintiles.
    adjust_method
        ``model`` (effects of the columns, least squares within units) or ``direct``
        (standardisation to everybody's mix).
    target
        Score that units are held to, in the unit of the metric.
    weight, missing, where, level, engine
        As in `nps`.
    method
        Variance between units: ``reml``, ``pm``, ``dl`` or ``ml``.
    scale
        By default 0-10.
    minimum
        Answers a unit needs to be shown, and to be ranked.

    Returns
    -------
    Scorecard
        Per unit the raw and adjusted score, the best guess of the true one with its
        interval, the probability that it is below the target, and, where units can
        be told apart, a rank with its interval.

    Raises
    ------
    InputError
        If a column, scale, level or method cannot be used.

    Notes
    -----
    Every unit's sampling variance is a pooled variance of one answer divided by its
    answers, never its own: three promoters of three have no variance. Scores are
    shrunk towards the mean (Efron and Morris 1975). If Cochran's Q cannot tell the
    units apart at the level, nobody is ranked and the verdict is that nobody differs.

    Examples
    --------
    >>> import pyarrow as pa
    >>> answers = [10] * 70 + [3] * 50 + [10] * 72 + [3] * 48
    >>> data = pa.table({"q1": answers, "shop": ["a"] * 120 + ["b"] * 120})
    >>> result = scorecard(data, unit="shop", score="q1")
    >>> result.verdict, [card.rank for card in result.units]
    ('nobody_differs', [None, None])
    """
    read = NPS_0_10 if scale is None else parse_scale(scale)
    columns = listed(adjust)
    _check(metric, adjust_method, read)
    rules = Rules(target, method, minimum, level)
    query = HistogramQuery(
        score=score,
        by=(unit, *columns),
        weight=weight,
        where=filter_of(where),
    )
    coding = ScaleCoding(read, tuple(missing), whole=metric == "nps")
    return scorecard_from_cells(
        _collect(data, query, coding, engine),
        metric=metric,
        adjust_method=adjust_method,
        rules=rules,
    )


def scorecard_from_cells(
    cells: ScoreCells,
    *,
    metric: ScoreMetric = "nps",
    adjust_method: AdjustMethod = "model",
    rules: Rules | None = None,
) -> Scorecard:
    """Make a scorecard from cells that were collected before, or merged.

    Parameters
    ----------
    cells
        Score cells on a scale, by unit and then by the columns of the mix.
    metric, adjust_method
        As in `scorecard`.
    rules
        Target in the unit of the metric, method, minimum n and level.

    Raises
    ------
    InputError
        If no unit has a valid answer, or the metric or method is unknown.
    """
    coding = cells.coding
    if not isinstance(coding, ScaleCoding) or not cells.by:
        raise InputError("a scorecard takes cells of scores on a scale, by unit")
    rules, read = rules or Rules(), coding.scale
    _check(metric, adjust_method, read)
    unit, *names = cells.by
    used, cuts = _used(cells), read if metric == "nps" else None
    mix, units, notices = _mix_cells(cells, used, cuts)
    made = _ADJUSTMENTS[adjust_method](mix) if names else None
    variance = _variance(cells, used, mix, cuts)
    scores = _scores(mix, made, variance, _ends(read, metric))
    about = About(
        metric=metric if metric != "nps" or read.is_nps else "nps_like",
        unit=unit,
        adjusted_for=tuple(names),
        adjust_method=adjust_method if names else None,
        target=rules.target,
        answer_variance=variance,
        excluded=_excluded(cells, used),
    )
    goal = None if rules.target is None else rules.target / about.factor
    judged = judge_units(scores, replace(rules, target=goal))
    notices += scale_notices(cells, read) if metric == "nps" else []
    warnings = (*notices, *(made.warnings if made else ()), *judged.warnings)
    return Scorecard(about, rules, scores, judged, units, warnings)


def _check(metric: str, adjust_method: str, scale: Scale) -> None:
    if metric not in {"nps", "mean"}:
        raise InputError(f"metric must be nps or mean; received {metric!r}")
    if adjust_method not in _ADJUSTMENTS:
        raise InputError(
            f"adjust_method must be model or direct; received {adjust_method!r}"
        )
    if metric == "nps":
        scale.cuts()


def _collect(
    data: Any, query: HistogramQuery, coding: ScaleCoding, engine: Engine | str | None
) -> ScoreCells:
    """Count scores by unit and mix, the mix cut into classes."""
    with engine_for(engine) as opened:
        source = source_of(data, query.columns())
        unit, *columns = query.by
        mix = adjustment_keys(opened, source, columns, query.where)
        # Own names keep a column called "n" or "score" from meeting the counts.
        keys = [
            replace(as_key(key), name=f"by{i}") for i, key in enumerate((unit, *mix))
        ]
        table = opened.score_histogram(source, replace(query, by=tuple(keys)))
    names = [as_key(key).name for key in query.by]
    return ScoreCells.from_histogram(table, by=names, coding=coding)


def _is_missing(unit: Any) -> bool:
    return unit is None or unit != unit or not str(unit).strip()  # noqa: PLR0124


def _used(cells: ScoreCells) -> Flags:
    """Say which cells hold valid answers of a unit."""
    groups = cells.groups
    missing = {unit: _is_missing(unit) for unit in {key[0] for key in groups}}
    lost = np.array([missing[key[0]] for key in groups], dtype=bool)
    return np.asarray(cells.is_valid & ~lost[cells.group_index])


def _excluded(cells: ScoreCells, used: Flags) -> Mapping[str, int]:
    lost = int(cells.numbers("n")[cells.is_valid & ~used].sum())
    found = dict(cells.excluded)
    return {**found, "no_unit": lost} if lost else found


def _coded(scores: Floats, scale: Scale | None) -> Floats:
    """Return what is averaged: -1, 0, 1 for a net score, else the score."""
    if scale is None:
        return scores
    low, high = scale.cuts()
    return (scores >= high).astype(float) - (scores <= low)


def _mix_cells(
    cells: ScoreCells, keep: Flags, scale: Scale | None
) -> tuple[MixCells, tuple[Any, ...], list[Notice]]:
    """Put the cells of each unit and mix together."""
    if not keep.any():
        raise InputError(
            "no unit has a valid answer; look at the scale, the filter and the codes "
            "of no answer"
        )
    groups, index = np.unique(cells.group_index[keep], return_inverse=True)
    known = cells.groups
    keys = [known[group] for group in groups]
    n, w, w2 = (
        _sum(index, cells.numbers(c)[keep], len(keys)) for c in ("n", "w", "w2")
    )
    values = _coded(cells.numbers("score"), scale)[keep] * cells.numbers("w")[keep]
    order = sorted({key[0] for key in keys}, key=lambda unit: (str(type(unit)), unit))
    place = {unit: i for i, unit in enumerate(order)}
    names, levels, notices = cells.by[1:], [], []
    for i, name in enumerate(names):
        found, merged = merge_rare([key[i + 1] for key in keys], n, 1, MOST_VALUES)
        levels.append(found)
        if merged:
            notices.append(_many(name, merged))
    made = MixCells(
        unit=np.array([place[key[0]] for key in keys]),
        levels=tuple(levels),
        n=n,
        w=w,
        mean=_sum(index, values, len(keys)) / w,
        inflation=n * w2 / w**2,
        units=len(order),
        names=names,
    )
    return made, tuple(order), notices


def _sum(index: Any, values: Floats, size: int) -> Floats:
    return np.asarray(np.bincount(index, values, size), dtype=float)


def _many(name: str, merged: int) -> Notice:
    return Notice(
        "many_values",
        f"the {merged:,} rarest values of {name!r} were adjusted for as one class",
    )


def _variance(
    cells: ScoreCells, keep: Flags, mix: MixCells, scale: Scale | None
) -> float:
    """Return the variance of one answer, pooled over all units.

    For a net score around the overall score: a share fixes its variance, and the
    part between units is small. For a mean within the units.
    """
    w = cells.numbers("w")[keep]
    values = _coded(cells.numbers("score")[keep], scale)
    overall = float(w @ values / w.sum())
    total = float(w @ (values - overall) ** 2 / w.sum())
    answers = float(mix.n.sum())
    if scale is not None or answers <= mix.units:
        return total
    unit_w, unit_mean = mix.by_unit(mix.w), mix.means()
    between = float(unit_w @ (unit_mean - overall) ** 2 / unit_w.sum())
    return max(total - between, 0.0) * answers / (answers - mix.units)


def _ends(scale: Scale, metric: str) -> tuple[float, float]:
    if metric == "nps":
        return -1.0, 1.0
    return float(scale.minimum), float(scale.maximum)


def _scores(
    mix: MixCells, made: Adjusted | None, variance: float, ends: tuple[float, float]
) -> Scores:
    raw, precision = mix.means(), mix.precision()
    return Scores(
        raw=raw,
        value=raw if made is None else made.value,
        variance=(precision if made is None else made.precision) * variance,
        n=mix.by_unit(mix.n),
        n_effective=1 / precision,
        coverage=np.ones(len(raw)) if made is None else made.coverage,
        ends=ends,
    )
