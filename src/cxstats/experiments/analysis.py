"""The front door of experiments: arms against a control, by intention to treat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import scipy

from cxstats.engine import Engine, Source
from cxstats.errors import InputError
from cxstats.estimates import Estimate, Notice
from cxstats.experiments.cuped import PairSums, adjusted_effect, collect_pairs, covered
from cxstats.experiments.effects import Effect, arm_estimate, effect_of
from cxstats.experiments.moments import (
    UNITS,
    Moments,
    Outcome,
    collect_moments,
    is_missing,
    kind_of,
)
from cxstats.experiments.notices import experiment_notices
from cxstats.experiments.result import ExperimentResult
from cxstats.experiments.sample_ratio import SampleRatio, sample_ratio_check
from cxstats.filters import Filter
from cxstats.inputs import engine_for, filter_of, source_of
from cxstats.multiplicity import q_values
from cxstats.scales import Scale, parse_scale

__all__ = ["experiment"]

_MOST_ARMS = 50
_MOST_SEGMENTS = 1_000


def experiment(  # noqa: PLR0913 - a notebook names what it means, all but four optional
    data: Any,
    *,
    arm: str,
    outcome: str,
    control: Any,
    kind: str = "auto",
    scale: str | Scale | None = None,
    expected: Mapping[Any, float] | None = None,
    segment: str | None = None,
    covariate: str | None = None,
    missing_as_zero: bool = False,
    on_mismatch: str = "block",
    where: str | Filter | None = None,
    level: float = 0.95,
    engine: Engine | str | None = None,
) -> ExperimentResult:
    """Compare every arm of an experiment with its control.

    Parameters
    ----------
    data
        A frame, an Arrow table, a path or an engine source. One row per customer who
        was assigned, whether the treatment reached them or not.
    arm, outcome
        Columns of the assigned arm and of the outcome. Rows without an arm are left
        out and counted.
    control
        The value of ``arm`` that is the control.
    kind
        ``share`` (outcomes 0 and 1), ``mean``, ``nps`` (with ``scale``), or ``auto``.
    scale
        Scale of the answers, for a net score.
    expected
        Planned shares by arm; equal by default.
    segment
        Column within whose values effects are given too, corrected for their number.
    covariate
        Column measured before the experiment, to sharpen effects (CUPED).
    missing_as_zero
        Count customers without an outcome as 0 (did not buy, did not answer); by
        default they are left out, and losses that differ by arm are noticed.
    on_mismatch
        ``block``: give no effect where the sample ratio is broken. ``warn``: give
        them with a notice.
    where, level, engine
        As in `nps`. A filter must use only what was known before the assignment.

    Returns
    -------
    ExperimentResult
        Arms, effects, the sample-ratio check and notices.

    Raises
    ------
    InputError
        If a column or value cannot be used, or there is only one arm.

    Notes
    -----
    By intention to treat: arms as assigned, not as delivered, since those who were
    reached differ from those who were not. One look only: see `sequential_looks` for
    looking early. Assumes that customers do not influence one another; assign and
    count whole households or grids where they do.

    Examples
    --------
    >>> import pyarrow as pa
    >>> data = pa.table({"arm": ["a", "b"] * 500, "left": [1, 0, 0, 0] * 250})
    >>> result = experiment(data, arm="arm", outcome="left", control="a")
    >>> [(e.arm, e.estimate.value, e.estimate.method) for e in result.effects]
    [('b', -0.5, 'newcombe')]
    """
    if on_mismatch not in {"block", "warn"}:
        raise InputError(f"on_mismatch is block or warn; received {on_mismatch!r}")
    if not 0 < level < 1:
        raise InputError(f"the level lies between 0 and 1; received {level}")
    read = None if scale is None else parse_scale(scale)
    measured = Outcome(outcome, kind, read, filter_of(where))
    plan = _Plan(arm, control, segment, covariate, missing_as_zero, level)
    with engine_for(engine) as opened:
        found = _collect(opened, data, measured, plan)
    ratio = sample_ratio_check(
        {name: moments.rows for name, moments in found.arms.items()}, expected
    )
    return _answer(found, ratio, measured, plan, blocks=on_mismatch == "block")


@dataclass(frozen=True)
class _Plan:
    """How an experiment is read."""

    arm: str
    control: Any
    segment: str | None
    covariate: str | None
    missing_as_zero: bool
    level: float


@dataclass(frozen=True)
class _Found:
    """What the engine gave: outcomes by arm and by segment, and pairs by arm."""

    arms: dict[Any, Moments]
    segments: dict[Any, dict[Any, Moments]]
    without_arm: int
    pairs: dict[Any, PairSums]


def _collect(engine: Engine, data: Any, outcome: Outcome, plan: _Plan) -> _Found:
    kept = outcome.where.columns() if outcome.where is not None else ()
    wanted = [plan.arm, outcome.column, plan.segment, plan.covariate, *kept]
    source = source_of(data, [name for name in wanted if name])
    keys = [plan.arm, *([plan.segment] if plan.segment else [])]
    cells = collect_moments(engine, source, outcome, keys)
    arms: dict[Any, Moments] = {}
    segments: dict[Any, dict[Any, Moments]] = {}
    without = 0
    for key, moments in cells.items():
        if is_missing(key[0]):
            without += int(moments.rows)
            continue
        used = moments.with_zeros() if plan.missing_as_zero else moments
        arms[key[0]] = arms.get(key[0], Moments()) + used
        if plan.segment:
            segments.setdefault(key[1], {})[key[0]] = used
    if len(segments) > _MOST_SEGMENTS:
        raise InputError(
            f"{plan.segment!r} holds {len(segments):,} values, too many for segments; "
            "put values together first"
        )
    pairs = _pairs(engine, source, outcome, plan, arms)
    return _Found(_ordered(arms, plan), segments, without, pairs)


def _ordered(arms: dict[Any, Moments], plan: _Plan) -> dict[Any, Moments]:
    """Put the control first, the others in the order of their names."""
    if plan.control not in arms or len(arms) < 2:  # noqa: PLR2004 - two sides
        shown = ", ".join(repr(name) for name in list(arms)[:8]) or "nothing"
        raise InputError(
            f"{plan.arm!r} must hold the control {plan.control!r} and another arm; it "
            f"holds {shown}"
        )
    if len(arms) > _MOST_ARMS:
        raise InputError(
            f"{plan.arm!r} holds {len(arms):,} values, too many for arms; is it the "
            "right column?"
        )
    others = sorted((name for name in arms if name != plan.control), key=str)
    return {name: arms[name] for name in (plan.control, *others)}


def _pairs(
    engine: Engine,
    source: Source,
    outcome: Outcome,
    plan: _Plan,
    arms: dict[Any, Moments],
) -> dict[Any, PairSums]:
    if plan.covariate is None:
        return {}
    if outcome.kind == "nps" or plan.missing_as_zero:
        raise InputError(
            "a covariate needs an outcome that is a number in every row used; leave "
            "out scale, kind='nps' and missing_as_zero"
        )
    return {
        name: collect_pairs(engine, source, outcome, plan.covariate, plan.arm, name)
        for name in list(arms)[: _MOST_ARMS + 1]
    }


def _answer(
    found: _Found, ratio: SampleRatio, outcome: Outcome, plan: _Plan, *, blocks: bool
) -> ExperimentResult:
    kind = kind_of(outcome, list(found.arms.values()))
    blocked = blocks and ratio.verdict == "blocked"
    effects = () if blocked else _corrected(_effects(found, kind, plan))
    segments = () if blocked else _corrected(_by_segment(found, kind, plan))
    warnings = experiment_notices(found.arms, ratio, segments, blocked=blocked)
    extra = _coverage(found, plan)
    return ExperimentResult(
        outcome=outcome.column,
        kind=kind,
        unit=UNITS[kind],
        control=plan.control,
        level=plan.level,
        arms={
            name: arm_estimate(moments, kind, plan.level)
            for name, moments in found.arms.items()
        },
        ratio=ratio,
        effects=effects,
        segments=segments,
        segment=plan.segment,
        heterogeneity=_heterogeneity(segments),
        without_arm=found.without_arm,
        warnings=(*warnings, *extra),
    )


def _effects(found: _Found, kind: str, plan: _Plan) -> list[Effect]:
    control = found.arms[plan.control]
    made = []
    for name, own in found.arms.items():
        if name == plan.control:
            continue
        effect = effect_of(name, own, control, kind, plan.level)
        made.append(replace(effect, adjusted=_adjusted(found, name, kind, plan)))
    return made


def _adjusted(found: _Found, name: Any, kind: str, plan: _Plan) -> Estimate | None:
    if not found.pairs:
        return None
    own, control = found.pairs[name], found.pairs[plan.control]
    return adjusted_effect(own, control, UNITS[kind], plan.level)


def _by_segment(found: _Found, kind: str, plan: _Plan) -> list[Effect]:
    made = []
    for name in list(found.arms)[1:]:
        for segment, sides in sorted(found.segments.items(), key=lambda x: str(x[0])):
            if name in sides and plan.control in sides:
                own, control = sides[name], sides[plan.control]
                made.append(effect_of(name, own, control, kind, plan.level, segment))
    return made


def _corrected(effects: list[Effect]) -> tuple[Effect, ...]:
    q = q_values([effect.p for effect in effects])
    return tuple(
        replace(effect, q=float(value))
        for effect, value in zip(effects, q, strict=True)
    )


def _heterogeneity(segments: tuple[Effect, ...]) -> dict[Any, float]:
    """Test by arm whether effects differ between segments (Cochran's Q)."""
    found = {}
    for arm in dict.fromkeys(effect.arm for effect in segments):
        own = [
            (e.estimate.value, e.estimate.std_error)
            for e in segments
            if e.arm == arm and e.estimate.std_error > 0
        ]
        if len(own) > 1:
            weights = [1 / error**2 for _, error in own]
            total = sum(weights)
            mean = sum(w * v for w, (v, _) in zip(weights, own, strict=True)) / total
            q = sum(w * (v - mean) ** 2 for w, (v, _) in zip(weights, own, strict=True))
            found[arm] = float(scipy.stats.chi2.sf(q, len(own) - 1))
    return found


def _coverage(found: _Found, plan: _Plan) -> list[Notice]:
    """Say what was left out for want of an arm or of the covariate."""
    notices = []
    if found.without_arm:
        notices.append(
            Notice(
                "no_arm", f"{found.without_arm:,} rows have no arm and were left out"
            )
        )
    if found.pairs:
        known = int(sum(moments.n for moments in found.arms.values()))
        lost = known - covered(found.pairs)
        if lost:
            notices.append(
                Notice(
                    "covariate",
                    f"{lost:,} customers have no number in {plan.covariate!r} and are "
                    "not in the adjusted effects",
                )
            )
    return notices
