"""The one call: from a table with an outcome to a model that was judged honestly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from cxstats.churn.evaluation import (
    Evaluated,
    Kind,
    better,
    evaluate,
    fit_readable,
    fit_trees,
)
from cxstats.churn.preparation import Asked, Prepared, prepare
from cxstats.churn.reasons import CustomerReasons, plain, reasons_of
from cxstats.churn.result import ChurnResult, Measured
from cxstats.churn.scoring import StoredModel, drift_notices
from cxstats.churn.stability import SegmentStability, segment_stability
from cxstats.engine import Engine
from cxstats.errors import InputError
from cxstats.estimates import Notice
from cxstats.filters import Filter
from cxstats.models import (
    ColumnNotice,
    DriftReference,
    DriftRow,
    LogisticModel,
    read_rows,
)

__all__ = ["churn"]

LISTED = 100
"""Customers whose reasons are given with the result."""

TOO_GOOD = 0.95
SLOPES = (0.8, 1.25)
_KINDS: dict[str, tuple[Kind, ...]] = {
    "auto": ("logistic", "boosted"),
    "logistic": ("logistic",),
    "boosted": ("boosted",),
}


def churn(  # noqa: PLR0913 - a notebook names what it means, all but two optional
    data: Any,
    *,
    label: str,
    positive: Any = None,
    time: str | None = None,
    id: str | None = None,  # noqa: A002 - the word of the command line
    columns: Sequence[str] | None = None,
    segments: Sequence[str] = (),
    keep: Sequence[str] = (),
    model: Literal["auto", "logistic", "boosted"] = "auto",
    capacity: float = 0.1,
    folds: int = 5,
    gap: float = 0.0,
    weight: str | None = None,
    where: str | Filter | None = None,
    engine: Engine | str | None = None,
    level: float = 0.95,
) -> ChurnResult:
    """Predict who leaves, or any outcome of two values, and say how far to trust it.

    Parameters
    ----------
    data
        A frame, an Arrow table, a path or an engine source. One row per customer, or
        per customer and snapshot. NaN and NULL are alike.
    label
        Column of the outcome.
    positive
        Its value that means that it happened; told by itself for 0/1, yes/no, 是/否.
    time
        Column of the moment of prediction: a date, a number or a period. Models then
        train on earlier rows and are judged on later ones.
    id
        Column of the customer. A customer's rows are never on both sides of a split.
        Without it every row is a customer, but copies of a row stay together where
        nearly all rows differ.
    columns
        Columns to predict from; by default all others.
    segments
        Columns whose values are judged apart, for example the region.
    keep
        Columns to use although they look like leaks.
    model
        ``auto`` takes the logistic model unless trees rank clearly better.
    capacity
        Share of the customers that can be contacted.
    folds
        Folds of cross-validation, 2 to 20.
    gap
        Days (or units of ``time``) before the judged period whose rows do not train,
        because their outcome was not known yet.
    weight
        Column of weights; rows without a finite weight above 0 are left out.
    where
        Rows to keep.
    engine
        An engine or its URL; rows come from it into memory.
    level
        Confidence level.

    Returns
    -------
    ChurnResult

    Raises
    ------
    InputError
        If a column, label or option cannot be used, or nothing is left to learn from.

    Notes
    -----
    Columns that know the outcome are set aside before anything is judged: an AUC of
    0.90 alone, values that almost always mean it, names that speak of it, dates after
    ``time``. A prediction is no cause: changing a reason need not keep a customer.
    """
    if model not in _KINDS:
        raise InputError(f"model must be auto, logistic or boosted; received {model!r}")
    if not 2 <= folds <= 20:  # noqa: PLR2004 - more folds than that judge nothing better
        raise InputError(f"folds must be between 2 and 20; received {folds}")
    if not 0 < level < 1:
        raise InputError(f"level must be between 0 and 1; received {level}")
    asked = Asked(
        label=label,
        positive=positive,
        time=time,
        id=id,
        weight=weight,
        columns=None if columns is None else tuple(columns),
        segments=tuple(segments),
        keep=tuple(keep),
        folds=folds,
        gap=gap,
    )
    rows = read_rows(data, asked.wanted(), where=where, engine=engine)
    prepared = prepare(rows, asked)
    evaluated = [evaluate(kind, prepared.training) for kind in _KINDS[model]]
    return _answer(asked, prepared, evaluated, capacity, level)


def _answer(
    asked: Asked,
    prepared: Prepared,
    evaluated: Sequence[Evaluated],
    capacity: float,
    level: float,
) -> ChurnResult:
    training = prepared.training
    best = better(evaluated, level)
    measured = tuple(_measured(item, capacity, level) for item in evaluated)
    chosen = next(item for item in measured if item.kind == best.kind)
    everyone = np.arange(len(training.rows))
    readable = fit_readable(training, everyone)
    final = readable if best.kind == "logistic" else fit_trees(training, everyone)
    drift = _drift(prepared)
    stability = segment_stability(best, asked.segments, level)
    notices = (
        *prepared.notices,
        *_quality(chosen),
        *_segments(stability),
        *drift_notices(drift),
    )
    about = _about(asked, prepared, measured[0])
    return ChurnResult(
        label=asked.label,
        positive=prepared.outcome.positive,
        n=len(training.rows),
        n_judged=len(best.judged.label),
        base_rate=best.judged.base_rate,
        split=prepared.split,
        chosen=best.kind,
        measured=measured,
        columns=final.design.names,
        set_aside=prepared.set_aside,
        reasons=_reasons(best, asked.id),
        stability=stability,
        drift=drift,
        warnings=notices,
        _final=final,
        _stored=_stored(readable, asked, prepared, about),
    )


def _measured(item: Evaluated, capacity: float, level: float) -> Measured:
    calibration = item.calibration(level)
    return Measured(
        kind=item.kind,
        auc=item.auc(level),
        brier=item.brier(level),
        slope=calibration.slope,
        intercept=calibration.intercept,
        lift_at_10=item.capacity(0.1, level).lift,
        at_capacity=item.capacity(capacity, level),
        bands=calibration.bands,
    )


def _reasons(best: Evaluated, id_column: str | None) -> tuple[CustomerReasons, ...]:
    chances = best.judged.probability
    first = np.argsort(-chances, kind="stable")[:LISTED]
    parts = best.contributions(first)
    rows = best.training.rows
    places = best.training.judged_rows
    found = []
    for position in first.tolist():
        at = int(places[position])
        known = None if id_column is None else plain(rows[id_column].iat[at])
        reasons = reasons_of(parts[position], rows, at)
        found.append(CustomerReasons(known, float(chances[position]), reasons))
    return tuple(found)


def _drift(prepared: Prepared) -> tuple[DriftRow, ...]:
    """Compare the rows that judge with those that train, where time parts them."""
    if prepared.split != "time":
        return ()
    training = prepared.training
    early = np.unique(np.concatenate([split.train for split in training.splits]))
    before = training.rows.take(early)
    reference = DriftReference.of(training.design(before), before)
    return reference.compare(training.rows.take(training.judged_rows))


def _stored(
    model: LogisticModel, asked: Asked, prepared: Prepared, about: dict[str, Any]
) -> StoredModel:
    reference = DriftReference.of(model.design, prepared.training.rows)
    return StoredModel(model, asked.id, reference, about)


def _about(asked: Asked, prepared: Prepared, readable: Measured) -> dict[str, Any]:
    numbers = {
        name: estimate.to_dict()
        for name, estimate in readable.estimates().items()
        if readable.kind == "logistic"
    }
    return {
        "label": asked.label,
        "positive": prepared.outcome.positive,
        "n": len(prepared.training.rows),
        "split": prepared.split,
        "set_aside": list(prepared.set_aside),
        "judged": numbers,
    }


def _quality(chosen: Measured) -> tuple[Notice, ...]:
    found = []
    if chosen.auc.value >= TOO_GOOD:
        found.append(
            Notice(
                "too_good",
                f"an AUC of {chosen.auc.value:.3f} is rarer than a mistake; look for "
                "columns written after the outcome before using the model",
            )
        )
    if chosen.auc.lower <= 1 / 2:
        found.append(
            Notice(
                "no_signal",
                "the AUC cannot be told from chance (0.5); the columns do not predict "
                "the outcome here",
            )
        )
    slope = chosen.slope.value
    if not SLOPES[0] <= slope <= SLOPES[1]:
        found.append(
            Notice(
                "calibration",
                f"the calibration slope is {slope:.2f} instead of 1: use the order of "
                "the customers, not the probabilities",
            )
        )
    return tuple(found)


def _segments(stability: Sequence[SegmentStability]) -> tuple[Notice, ...]:
    off = [item for item in stability if item.is_off]
    if not off:
        return ()
    shown = ", ".join(
        f"{item.column} = {item.value} ({item.ratio.value:.2f})" for item in off
    )
    return (
        ColumnNotice(
            "unstable",
            f"outcomes observed over expected differ from 1 in some segments: {shown}; "
            "the probabilities are wrong there",
            tuple(dict.fromkeys(item.column for item in off)),
        ),
    )
