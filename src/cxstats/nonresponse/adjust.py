"""Observed versus adjusted score: one call from everybody asked to a band."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from cxstats.aggregates import ScaleCoding
from cxstats.engine import Engine, HistogramQuery, KeyLike
from cxstats.engine.keys import as_key
from cxstats.errors import InputError
from cxstats.estimates import Estimate, Floats, Notice
from cxstats.filters import Filter
from cxstats.inputs import filter_of
from cxstats.metrics.estimators import Precision, estimate_measure
from cxstats.metrics.measures import MeanScore, Measure, NetScore
from cxstats.metrics.notices import scale_notices
from cxstats.nonresponse.adjusting import (
    Answers,
    Shift,
    Weighted,
    inverse_weights,
    shifted,
    weighted_mean,
)
from cxstats.nonresponse.cells import Asked, Reading, collect
from cxstats.nonresponse.propensity import (
    Propensity,
    area_under_curve,
    calibration_gap,
    fit_propensity,
)
from cxstats.nonresponse.result import FeatureClass, Nonresponse, Tipping
from cxstats.nonresponse.warnings import FEW, class_notices, model_notices
from cxstats.scales import NPS_0_10, Scale, parse_scale
from cxstats.weighting.classes import listed

__all__ = ["adjust_nonresponse"]

Metric = Literal["nps", "mean"]

_SHIFTS = (-0.2, -0.15, -0.1, -0.05, 0.0, 0.05, 0.1, 0.15, 0.2)
"""Shifts shown, as parts of the range of the scores."""


def adjust_nonresponse(  # noqa: PLR0913 - a notebook names what it means
    data: Any,
    *,
    score: str,
    features: KeyLike | Sequence[KeyLike],
    responded: str | None = None,
    metric: Metric = "nps",
    target: float | None = 0.0,
    trim: float = 5.0,
    weight: str | None = None,
    scale: str | Scale | None = None,
    missing: Sequence[Any] = (),
    where: str | Filter | None = None,
    level: float = 0.95,
    engine: Engine | str | None = None,
) -> Nonresponse:
    """Adjust a score for who answered, by what is known of everybody asked.

    Parameters
    ----------
    data
        Anything that `nps` takes; one row per person asked, answered or not.
    score
        Column of answers, NULL for who did not answer.
    features
        Columns known of everybody before they were asked: region, product, tenure,
        complaints. Numbers of more than twelve values are cut at their quintiles;
        missing values are a class.
    responded
        Column that says who answered (1 or 0, true or false, yes or no); by default
        those with a valid score.
    metric
        ``nps``, in points, or ``mean``, in points of the scale.
    target
        Score that the verdict is about; None for no verdict.
    trim
        Largest weight as a multiple of the median weight of those who answered.
    weight
        Column of design weights of those asked.
    scale, missing, where, level, engine
        As in `nps`.

    Returns
    -------
    Nonresponse
        Both scores, the classes before and after, the band under shifts of those who
        did not answer, and what would change the verdict.

    Raises
    ------
    InputError
        If nobody answered, or a column, scale, flag or level cannot be used.

    Notes
    -----
    Inverse probability of answering from a logistic regression on the classes
    (Little 1986; Seaman and White 2013). The adjustment holds only if, within the
    classes, who answered thinks like who did not; nothing in the data can show that,
    which is why the band is part of the answer.

    Examples
    --------
    >>> import pyarrow as pa
    >>> asked = pa.table({
    ...     "age": ["old"] * 200 + ["young"] * 200,
    ...     "q1": [10] * 80 + [3] * 20 + [None] * 100 + [10] * 5 + [3] * 15
    ...     + [None] * 180,
    ... })
    >>> found = adjust_nonresponse(asked, score="q1", features=["age"])
    >>> round(found.observed.value), round(found.adjusted.value)
    (42, 5)
    """
    read = NPS_0_10 if scale is None else parse_scale(scale)
    keys = listed(features)
    names = [as_key(key).name for key in keys]
    _check(metric, names, trim)
    precision = Precision(level)
    measure: Measure = MeanScore(read)
    if metric == "nps":
        read.cuts()
        measure = NetScore(read)
    query = HistogramQuery(score=score, weight=weight, where=filter_of(where))
    coding = ScaleCoding(read, tuple(missing), whole=metric == "nps")
    reading = Reading(coding, measure)
    asked = collect(data, query, keys, responded, reading, engine)
    observed = estimate_measure(asked.respondents, measure, precision)[0]
    if metric == "nps":
        found = scale_notices(asked.respondents, read)
        asked = replace(asked, notices=(*asked.notices, *found))
    named = metric if metric != "nps" or read.is_nps else "nps_like"
    return _result(asked, measure, observed, names, (named, target, trim))


def _check(metric: str, names: Sequence[str], trim: float) -> None:
    if metric not in {"nps", "mean"}:
        raise InputError(f"metric must be nps or mean; received {metric!r}")
    if not names:
        raise InputError("give the features that are known of everybody asked")
    if not trim > 1:
        raise InputError(
            f"trim is a multiple of the median weight above 1, such as 5; received "
            f"{trim}"
        )


def _result(
    asked: Asked,
    measure: Measure,
    observed: Estimate,
    names: list[str],
    about: tuple[str, float | None, float],
) -> Nonresponse:
    metric, target, trim = about
    answers = asked.answers
    cells = int(answers.cell.max()) + 1
    people = answers.sums(answers.w, cells)
    yes = answers.sums(answers.w * answers.answered, cells)
    rate = float(yes.sum() / people.sum())
    model, notices = _model(asked, people, yes)
    weights, cap, trimmed = inverse_weights(answers, model, trim)
    found = weighted_mean(answers, model, weights)
    factor, ends = measure.factor, measure.ends
    adjusted = _estimate(found, observed, measure)
    expected = _expected(found.value, observed.value / factor, rate, ends)
    interval = (adjusted.value, adjusted.lower, adjusted.upper)
    bounds = (factor * ends[0], factor * ends[1])
    shifts = tuple(
        shifted(
            part * (bounds[1] - bounds[0]),
            factor * expected,
            1 - rate,
            bounds,
            interval,
        )
        for part in _SHIFTS
    )
    seen = rate * observed.value
    classes = _classes(asked, names, people, yes, weights)
    auc = area_under_curve(model.probability, people, yes)
    gap = calibration_gap(model.probability, people, yes)
    if rate < 1:
        share = people / people.sum()
        notices += model_notices(auc, gap, model.probability, share)
        notices += class_notices(classes, names)
    if trimmed:
        notices.append(_trimmed(trimmed, cap))
    return Nonresponse(
        metric=metric,
        asked=int(answers.n.sum()),
        answered=observed.n,
        rate=rate,
        observed=observed,
        adjusted=adjusted,
        expected_of_missing=factor * expected if rate < 1 else math.nan,
        worst=seen + (1 - rate) * bounds[0],
        best=seen + (1 - rate) * bounds[1],
        sensitivity=shifts,
        tipping=None if target is None else _tipping(target, shifts, rate, bounds),
        auc=auc,
        calibration_gap=gap,
        cap=cap,
        trimmed=trimmed,
        classes=classes,
        excluded=asked.excluded,
        warnings=(*asked.notices, *notices, *_few(observed.n)),
    )


def _model(
    asked: Asked, people: Floats, yes: Floats
) -> tuple[Propensity, list[Notice]]:
    """Fit who answers; when everybody did there is nothing to fit."""
    if float(yes.sum()) < float(people.sum()) * (1 - 1e-12):
        return fit_propensity(asked.levels, people, yes), []
    ones = np.ones(len(people))
    notice = Notice("everybody_answered", "everybody asked answered; nothing to adjust")
    return Propensity(ones[:, None], ones, np.zeros((1, 1))), [notice]


def _estimate(found: Weighted, observed: Estimate, measure: Measure) -> Estimate:
    from scipy.special import ndtri  # noqa: PLC0415 - keeps the command line quick

    factor, (low, high) = measure.factor, measure.ends
    error = found.std_error
    if not error > 0:
        # Answers without spread show no error; that of those who answered stands in.
        half = (observed.upper - observed.lower) / 2 / factor
        error = math.nan
    else:
        half = float(ndtri((1 + observed.level) / 2)) * error
    return Estimate(
        value=factor * found.value,
        unit=observed.unit,
        std_error=factor * error,
        lower=factor * max(low, found.value - half),
        upper=factor * min(high, found.value + half),
        level=observed.level,
        n=observed.n,
        n_effective=observed.n / found.kish,
        method="inverse_probability",
        kish=found.kish,
    )


def _expected(
    adjusted: float, observed: float, rate: float, ends: tuple[float, float]
) -> float:
    """Return what the model expects of those who did not answer."""
    if rate >= 1:
        return adjusted
    return float(np.clip((adjusted - rate * observed) / (1 - rate), *ends))


def _classes(
    asked: Asked, names: list[str], people: Floats, yes: Floats, weights: Floats
) -> tuple[FeatureClass, ...]:
    answers: Answers = asked.answers
    n = answers.sums(answers.n, len(people))
    answered = answers.sums(answers.n * answers.answered, len(people))
    stands = yes * weights
    rows = []
    for name, values in zip(names, asked.levels, strict=True):
        known = sorted(set(values), key=lambda value: (value is None, str(value)))
        place = {value: i for i, value in enumerate(known)}
        index = np.array([place[value] for value in values], dtype=np.int64)
        sums = [
            np.bincount(index, column, len(known))
            for column in (n, answered, people, yes, stands)
        ]
        rows += [
            FeatureClass(
                feature=name,
                value=value,
                asked=int(sums[0][i]),
                answered=int(sums[1][i]),
                rate=float(sums[3][i] / sums[2][i]),
                share_asked=float(sums[2][i] / people.sum()),
                share_answered=float(sums[3][i] / yes.sum()),
                share_adjusted=float(sums[4][i] / stands.sum()),
            )
            for i, value in enumerate(known)
        ]
    return tuple(rows)


def _tipping(
    target: float, shifts: Sequence[Shift], rate: float, bounds: tuple[float, float]
) -> Tipping:
    plain = next(row for row in shifts if row.delta == 0)
    verdict = "undetermined"
    if plain.lower > target:
        verdict, gap = "above", target - plain.lower
    elif plain.upper < target:
        verdict, gap = "below", target - plain.upper
    if verdict == "undetermined" or rate >= 1:
        return Tipping(target, verdict, math.nan, math.nan, is_possible=False)
    delta = gap / (1 - rate)
    score = plain.nonrespondents + delta
    possible = bounds[0] <= score <= bounds[1]
    return Tipping(target, verdict, delta, score, is_possible=possible)


def _trimmed(people: int, cap: float) -> Notice:
    return Notice(
        "trimming",
        f"the weights of {people:,} people were cut to {cap:.1f}; classes that answer "
        "so rarely are represented less than they should be",
    )


def _few(n: int) -> list[Notice]:
    if n >= FEW:
        return []
    return [
        Notice("small_n", f"only {n} people answered; list their answers, no score")
    ]
