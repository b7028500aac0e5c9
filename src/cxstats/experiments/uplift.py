"""The front door of uplift: does anybody respond differently, and who."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy

from cxstats.engine import Engine
from cxstats.errors import InputError
from cxstats.estimates import Floats, Notice
from cxstats.experiments.learners import LEARNERS, Base, Learner, fit_uplift
from cxstats.experiments.qini import qini_curve, uplift_quality
from cxstats.experiments.sample_ratio import sample_ratio_check
from cxstats.experiments.uplift_result import Scorer, UpliftResult
from cxstats.filters import Filter, In
from cxstats.inputs import filter_of
from cxstats.models import Rows, as_texts, grouped_folds, read_rows

__all__ = ["uplift"]

_FEWEST = 200
_CURVE_POINTS = 50

_RANDOM_SCORES = 8
"""Random scores per repeat: enough to know what chance alone gives in a fold."""

Flags = npt.NDArray[np.bool_]


def uplift(  # noqa: PLR0913 - a notebook names what it means
    data: Any,
    *,
    arm: str,
    control: Any,
    treatment: Any,
    outcome: str,
    features: Sequence[str],
    rule: str | None = None,
    learners: Sequence[Learner] = LEARNERS,
    base: Base = "logistic",
    folds: int = 5,
    repeats: int = 2,
    top: float = 0.3,
    where: str | Filter | None = None,
    seed: int = 1,
    engine: Engine | str | None = None,
) -> UpliftResult:
    """Learn whom a treatment moves, and say whether anything was learned at all.

    Parameters
    ----------
    data
        A randomised experiment, one row per customer; rows come into memory.
    arm, control, treatment
        Column of the assigned arm and the two values to compare.
    outcome
        Column of 0 and 1; other rows are left out and counted.
    features
        Columns known before the assignment.
    rule
        Column of a number (or 0 and 1) by which a manager would target without a
        model, the highest first: the score to beat.
    learners, base
        See `fit_uplift`.
    folds, repeats
        Cross-validation; every customer is scored by models that did not see them.
    top
        Share of the customers at which the uplift of the best ranked is told.
    where, engine
        As in `nps`.
    seed
        Seed of the folds and of random targeting.

    Returns
    -------
    UpliftResult
        Qini (scikit-uplift's definition) of every score with its spread over folds,
        and a verdict: ``no_reliable_heterogeneity`` (treat all or none),
        ``rule_suffices`` or ``model_helps``.

    Raises
    ------
    InputError
        If a column or value cannot be used or there are fewer than 200 customers.

    Notes
    -----
    A score counts as reliable if its mean Qini exceeds the 97.5 % t quantile of its
    folds (about two standard deviations) and two standard deviations of random
    scores; a model helps only if its paired lead over the rule stands out from its
    folds as well. Folds share training data, so this is a rule and no test. Target
    uplift, not risk: those most likely to leave are not those a call keeps.

    References
    ----------
    Radcliffe (2007); Kunzel and others (2019), PNAS 116(10).
    """
    names = list(dict.fromkeys([arm, outcome, *features, *([rule] if rule else [])]))
    if not features or folds < 2 or repeats < 1:  # noqa: PLR2004 - train and judge
        raise InputError(
            "uplift needs features, 2 folds or more and 1 repeat or more; received "
            f"{len(features)} features, {folds} folds and {repeats} repeats"
        )
    wanted: Filter = In(arm, (control, treatment))
    given = filter_of(where)
    kept = wanted if given is None else wanted & given
    rows = read_rows(data, names, where=kept, engine=engine)
    rows, y, t, lost = _known(rows, arm, treatment, outcome)
    plan = _Plan(
        tuple(features), rule, tuple(learners), base, folds, repeats, top, seed
    )
    scores = _scores(rows, y, t, plan)
    random = _judged("random", scores["random"], y, t, plan)
    scorers = tuple(
        replace(_judged(name, runs, y, t, plan), noise=random.spread)
        for name, runs in scores.items()
    )
    verdict, best = _verdict(scorers, plan)
    return UpliftResult(
        outcome=outcome,
        arm=treatment,
        control=control,
        n=len(y),
        effect=float(y[t].mean() - y[~t].mean()),
        folds=folds,
        repeats=repeats,
        top=top,
        scorers=scorers,
        verdict=verdict,
        best=best,
        curves=_curves(scores, y, t),
        model=_final(rows, y, t, plan, best),
        warnings=tuple(_notices(t, lost, verdict)),
    )


@dataclass(frozen=True)
class _Plan:
    """How scores are made and judged."""

    features: tuple[str, ...]
    rule: str | None
    learners: tuple[Learner, ...]
    base: Base
    folds: int
    repeats: int
    top: float
    seed: int


@dataclass(frozen=True, eq=False)
class _Run:
    """One repeat: the score of every customer by models of other folds."""

    score: Floats
    fold: npt.NDArray[np.int64]


def _known(
    rows: Rows, arm: str, treatment: Any, outcome: str
) -> tuple[Rows, Flags, Flags, int]:
    """Keep rows with an outcome of 0 or 1."""
    y = rows.numbers(outcome)
    usable = np.isin(y, (0.0, 1.0))
    if (np.isfinite(y) & ~usable).any():
        raise InputError(
            f"uplift needs outcomes of 0 and 1; {outcome!r} holds other numbers"
        )
    lost = int((~usable).sum())
    rows = rows.take(usable)
    wanted = as_texts(pd.Series([treatment]))[0]
    t = np.array([text == wanted for text in rows.texts(arm)], dtype=bool)
    if len(rows) < _FEWEST or t.all() or not t.any():
        raise InputError(
            f"uplift needs {_FEWEST} customers or more in two arms; there are "
            f"{int(t.sum()):,} treated and {int((~t).sum()):,} control with an outcome"
        )
    return rows, y[usable] == 1, t, lost


def _scores(rows: Rows, y: Flags, t: Flags, plan: _Plan) -> dict[str, list[_Run]]:
    """Score every customer out of fold, by every learner, the rule and chance."""
    rng = np.random.default_rng(plan.seed)
    found: dict[str, list[_Run]] = {}
    features = list(plan.features)
    for _ in range(plan.repeats):
        keys = rng.permutation(len(y)).astype(np.uint64)
        # Folds are even in outcome; the arms are random and need no dealing.
        fold = grouped_folds(keys, y, plan.folds)
        for learner in plan.learners:
            score = np.empty(len(y))
            for at in range(plan.folds):
                train, test = fold != at, fold == at
                model = fit_uplift(
                    rows.take(train),
                    y[train],
                    t[train],
                    features,
                    learner=learner,
                    base=plan.base,
                )
                score[test] = model.predict(rows.take(test))
            found.setdefault(learner, []).append(_Run(score, fold))
        if plan.rule is not None:
            own = rows.numbers(plan.rule)
            rule = np.where(np.isfinite(own), own, np.nanmin(own, initial=0.0))
            found.setdefault("rule", []).append(_Run(rule, fold))
        for _ in range(_RANDOM_SCORES):
            chance = rng.permutation(len(y)).astype(float)
            found.setdefault("random", []).append(_Run(chance, fold))
    return found


def _judged(name: str, runs: list[_Run], y: Flags, t: Flags, plan: _Plan) -> Scorer:
    qini, at_top = [], []
    for run in runs:
        for fold in range(plan.folds):
            own = run.fold == fold
            quality = uplift_quality(y[own], run.score[own], t[own], top=plan.top)
            qini.append(quality.qini_auc)
            at_top.append(quality.uplift_at)
    return Scorer(name, tuple(qini), tuple(at_top), noise=0.0)


def _verdict(scorers: tuple[Scorer, ...], plan: _Plan) -> tuple[str, str | None]:
    """Say whether anything was learned, and by which score."""
    named = {scorer.name: scorer for scorer in scorers}
    models = [named[learner] for learner in plan.learners]
    best = max(models, key=lambda scorer: scorer.qini)
    rule = named.get("rule")
    # A rule is fitted to nothing, so it need only stand out from random scores.
    if rule is not None and rule.qini > 2 * rule.noise:
        lead = np.subtract(best.folds, rule.folds)
        few = float(scipy.stats.t.ppf(0.975, len(lead) - 1))
        if not lead.mean() > few * lead.std(ddof=1) or not best.is_reliable:
            return "rule_suffices", "rule"
    if best.is_reliable:
        return "model_helps", best.name
    return "no_reliable_heterogeneity", None


def _curves(
    scores: dict[str, list[_Run]], y: Flags, t: Flags
) -> tuple[dict[str, Any], ...]:
    """Points of each Qini curve, from the first repeat."""
    rows = []
    for name, runs in scores.items():
        x, additional = qini_curve(y, runs[0].score, t)
        places = np.linspace(0, len(y), _CURVE_POINTS + 1)
        for place, height in zip(
            places.tolist(), np.interp(places, x, additional).tolist(), strict=True
        ):
            rows.append({"score": name, "share": place / len(y), "additional": height})
    return tuple(rows)


def _final(rows: Rows, y: Flags, t: Flags, plan: _Plan, best: str | None) -> Any:
    """Fit the best learner on everyone, if a model helps."""
    for learner in plan.learners:
        if learner == best:
            features = list(plan.features)
            return fit_uplift(rows, y, t, features, learner=learner, base=plan.base)
    return None


def _notices(t: Flags, lost: int, verdict: str) -> list[Notice]:
    found = []
    if lost:
        found.append(
            Notice("missing_outcome", f"{lost:,} customers have no outcome of 0 or 1")
        )
    ratio = sample_ratio_check({"treated": int(t.sum()), "control": int((~t).sum())})
    if ratio.verdict == "blocked":
        found.append(
            Notice(
                "sample_ratio",
                "treated and control are not of equal size; if they were planned "
                "equal, the assignment is broken and uplift means nothing",
            )
        )
    told = {
        "no_reliable_heterogeneity": "nobody can be told apart by their uplift: treat "
        "all or none, by the effect as a whole",
        "rule_suffices": "the rule ranks as well as any model: use the rule",
        "model_helps": "a model ranks better than chance and than the rule given",
    }
    found.append(Notice("verdict", told[verdict]))
    return found
