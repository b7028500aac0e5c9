"""Columns that know the outcome: found and set aside before any AUC is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from cxstats.churn.names import is_after_the_outcome
from cxstats.estimates import Estimate, Floats
from cxstats.models import (
    Design,
    Judged,
    NumberColumn,
    Rows,
    auc,
)

__all__ = ["Candidates", "Suspect", "find_suspects", "missing_pattern_auc"]

ALONE = 0.90
"""AUC of one column from which on it is taken for a copy of the outcome."""

PURE = 0.99
PURE_ROWS = 30
PURE_SHARE = 0.20
"""A value is pure if this share of at least so many rows has the rarer outcome; pure
values that hold a fifth of all such rows give a column away."""

LATE_SHARE = 0.01
_BINS = 20
_PRIOR = 10.0
_LEAST = 60

Reason = Literal["alone", "pure", "name", "time"]


@dataclass(frozen=True)
class Suspect:
    """A column that knows what it should not.

    Parameters
    ----------
    column
        The column.
    reason
        ``alone``: it alone ranks almost perfectly; ``pure``: some of its values
        almost always mean the outcome; ``name``: its name speaks of the outcome;
        ``time``: it holds dates after the moment of prediction.
    auc
        Its AUC alone, judged on other rows than it was read from.
    """

    column: str
    reason: Reason
    auc: float


@dataclass(frozen=True, eq=False)
class Candidates:
    """What the tests for leakage look at.

    Parameters
    ----------
    rows, outcome
        Customers with known outcome, and whether it happened.
    names
        Columns that would be used.
    fold
        Which rows are judged together.
    label
        Name of the outcome's column.
    moments
        Moment of prediction of each row in days, where known.
    """

    rows: Rows
    outcome: npt.NDArray[np.bool_]
    names: tuple[str, ...]
    fold: npt.NDArray[np.int64]
    label: str
    moments: Floats | None = None


def find_suspects(candidates: Candidates) -> tuple[Suspect, ...]:
    """Test every column alone.

    The AUC of a column is that of the outcome's rate in its bins or values, with each
    fold judged by the rates of the others; a missing value is a value.
    """
    found = []
    for name in candidates.names:
        codes = _codes(candidates.rows, name)
        value = _judged(candidates, codes).value
        reason = _reason(candidates, name, codes, value)
        if reason is not None:
            found.append(Suspect(name, reason, value))
    return tuple(found)


def _reason(
    candidates: Candidates, name: str, codes: npt.NDArray[np.int64], value: float
) -> Reason | None:
    if value >= ALONE:
        return "alone"
    if _purity(candidates.outcome, codes) >= PURE_SHARE:
        return "pure"
    if is_after_the_outcome(name, candidates.label):
        return "name"
    return "time" if _is_late(candidates, name) else None


def missing_pattern_auc(
    candidates: Candidates, set_aside: Iterable[str]
) -> tuple[Estimate, tuple[str, ...]]:
    """Ask how well it predicts alone which values are missing, and where it shows.

    Returns
    -------
    tuple
        The AUC of the pattern of missing values over all columns not set aside, and
        the columns in which values are missing, the most telling first.
    """
    gone = {
        name: np.array([text is None for text in candidates.rows.texts(name)])
        for name in candidates.names
        if name not in set(set_aside)
    }
    partly = {name: flags for name, flags in gone.items() if flags.sum() > 0}
    pattern = _pattern(partly, len(candidates.rows))
    estimate = _judged(candidates, pattern)
    apart = {name: _gap(flags, candidates.outcome) for name, flags in partly.items()}
    return estimate, tuple(sorted(apart, key=lambda name: (-apart[name], name)))


def _pattern(
    partly: Mapping[str, npt.NDArray[np.bool_]], size: int
) -> npt.NDArray[np.int64]:
    if not partly:
        return np.zeros(size, dtype=np.int64)
    flags = np.column_stack(list(partly.values()))
    return np.asarray(np.unique(flags, axis=0, return_inverse=True)[1]).ravel()


def _gap(flags: npt.NDArray[np.bool_], outcome: npt.NDArray[np.bool_]) -> float:
    if flags.all():
        return 0.0
    return float(abs(outcome[flags].mean() - outcome[~flags].mean()))


def _codes(rows: Rows, name: str) -> npt.NDArray[np.int64]:
    """Cut a column into at most about thirty groups, missing values one of them."""
    if len(rows) < _LEAST:
        return np.zeros(len(rows), dtype=np.int64)
    column = Design.one(rows, name)
    raw = column.read(rows)
    if not isinstance(column, NumberColumn):
        return np.asarray(raw + 1, dtype=np.int64)
    known = raw[~np.isnan(raw)]
    if not len(known):
        return np.zeros(len(raw), dtype=np.int64)
    values = np.unique(known)
    quantiles = np.quantile(known, np.arange(1, _BINS) / _BINS, method="higher")
    edges = values if len(values) <= _BINS else np.unique(quantiles)
    return np.where(np.isnan(raw), 0, np.digitize(raw, edges) + 1).astype(np.int64)


def _judged(candidates: Candidates, codes: npt.NDArray[np.int64]) -> Estimate:
    """Judge the rate of each group by rows that were not used for it."""
    label, fold = candidates.outcome.astype(float), candidates.fold
    size, base = int(codes.max(initial=0)) + 1, float(label.mean())
    hits = np.bincount(codes, label, size)
    total = np.bincount(codes, minlength=size).astype(float)
    score = np.empty(len(codes))
    for number in np.unique(fold):
        out = fold == number
        left = total - np.bincount(codes[out], minlength=size)
        rate = hits - np.bincount(codes[out], label[out], size) + _PRIOR * base
        score[out] = (rate / (left + _PRIOR))[codes[out]]
    return auc(Judged(candidates.outcome, score))


def _purity(outcome: npt.NDArray[np.bool_], codes: npt.NDArray[np.int64]) -> float:
    """Share of the rarer outcome that lies in values which almost always mean it."""
    rarer = (outcome if outcome.mean() <= 1 / 2 else ~outcome).astype(float)
    hits, total = np.bincount(codes, rarer), np.bincount(codes)
    pure = (total >= PURE_ROWS) & (hits >= PURE * total)
    return float(hits[pure].sum() / hits.sum()) if hits.sum() else 0.0


def _is_late(candidates: Candidates, name: str) -> bool:
    if candidates.moments is None:
        return False
    if candidates.rows.kind(name) != "moment":
        return False
    days = candidates.rows.numbers(name, is_moment=True)
    return bool((days > candidates.moments).mean() > LATE_SHARE)


def suspects_by_reason(
    suspects: Sequence[Suspect],
) -> dict[Reason, tuple[Suspect, ...]]:
    """Group suspects by their reason, in the order found."""
    reasons = dict.fromkeys(suspect.reason for suspect in suspects)
    return {
        reason: tuple(item for item in suspects if item.reason == reason)
        for reason in reasons
    }
