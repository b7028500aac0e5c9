"""From raw rows to what models are fitted to, leaks set aside on the way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cxstats.churn.evaluation import Training
from cxstats.churn.leakage import (
    Candidates,
    Suspect,
    find_suspects,
    missing_pattern_auc,
    suspects_by_reason,
)
from cxstats.churn.outcome import Outcome, read_outcome
from cxstats.errors import InputError
from cxstats.estimates import Floats, Notice
from cxstats.models import (
    ColumnNotice,
    Design,
    Rows,
    Split,
    as_numbers,
    grouped_folds,
    time_splits,
)

__all__ = ["Asked", "Prepared", "prepare"]

PATTERN_LIMIT = 0.6

DIFFERENT = 0.9
"""Share of different rows from which on equal rows are taken for copies."""

_WHY = {
    "alone": "each alone ranks the customers almost perfectly (AUC of 0.90 or more)",
    "pure": "some of their values almost always mean the outcome",
    "name": "their names speak of the outcome or of what follows it",
    "time": "they hold dates after the moment of prediction",
}


@dataclass(frozen=True)
class Asked:
    """What the caller named.

    Parameters
    ----------
    label, positive
        The outcome.
    time, id, weight
        Columns, or None.
    columns
        Columns to predict from; all others by default.
    segments
        Columns whose values are judged apart.
    keep
        Columns to use although they are suspected.
    folds
        Folds of cross-validation, or groups of returning customers.
    gap
        See `time_splits`.
    """

    label: str
    positive: Any
    time: str | None
    id: str | None
    weight: str | None
    columns: tuple[str, ...] | None
    segments: tuple[str, ...]
    keep: tuple[str, ...]
    folds: int
    gap: float

    def wanted(self) -> list[str] | None:
        """Columns to read; None means all."""
        if self.columns is None:
            return None
        named = (self.label, self.time, self.id, self.weight)
        return [*self.columns, *(n for n in named if n is not None), *self.segments]


@dataclass(frozen=True, eq=False)
class Prepared:
    """Rows ready to train on, and what is to be said about them."""

    training: Training
    outcome: Outcome
    set_aside: tuple[str, ...]
    split: str
    notices: tuple[Notice, ...]


def prepare(rows: Rows, asked: Asked) -> Prepared:
    """Read outcome, time, customers and weights; test the columns for leakage.

    Raises
    ------
    InputError
        If the rows cannot be learnt from as asked.
    """
    notices: list[Notice] = list(_unreadable(rows))
    outcome = read_outcome(rows, asked.label, asked.positive)
    rows, label = rows.take(outcome.known), outcome.label
    usable, weight = _weights(rows, asked.weight)
    time, is_moment = _time(rows, asked.time)
    usable &= np.isfinite(time)
    notices += _left_out(outcome, usable, asked)
    rows, label, weight, time = (
        rows.take(usable),
        label[usable],
        weight[usable],
        time[usable],
    )
    names = _names(rows, asked)
    keys = _customers(rows, asked, names)
    fold = grouped_folds(keys, label, asked.folds)
    moments = time if is_moment else None
    candidates = Candidates(rows, label, names, fold, asked.label, moments)
    suspects = find_suspects(candidates)
    notices += _leaks(suspects, asked.keep)
    aside = tuple(s.column for s in suspects if s.column not in asked.keep)
    notices += _pattern(candidates, aside)
    used = tuple(name for name in names if name not in aside)
    notices += _idle(rows, used)
    training = Training(
        rows=rows,
        label=label,
        names=_varying(rows, used, aside),
        weight=None if asked.weight is None else weight,
        group=_groups(keys),
        splits=_splits(asked, time, keys, fold),
        before=rows.name(asked.time) if asked.time and is_moment else None,
    )
    split = "folds" if asked.time is None else "time"
    return Prepared(training, outcome, aside, split, tuple(notices))


def _splits(
    asked: Asked,
    time: Floats,
    keys: npt.NDArray[np.uint64],
    fold: npt.NDArray[np.int64],
) -> tuple[Split, ...]:
    if asked.time is not None:
        return time_splits(time, keys, gap=asked.gap, groups=asked.folds)
    return tuple(
        Split(np.flatnonzero(fold != number), np.flatnonzero(fold == number))
        for number in range(asked.folds)
    )


def _customers(
    rows: Rows, asked: Asked, names: tuple[str, ...]
) -> npt.NDArray[np.uint64]:
    """Give one key per customer.

    Without a column of customers, rows that are almost all different and yet equal are
    copies, and stay together; in a coarse table equal rows are different customers.
    """
    if asked.id is not None:
        return rows.keys([asked.id])
    content = rows.keys([asked.label, *names])
    if len(np.unique(content)) >= DIFFERENT * len(content):
        return content
    place = np.empty(len(content), dtype=np.uint64)
    place[np.argsort(content, kind="stable")] = np.arange(len(content))
    return place


def _groups(keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64] | None:
    values, place = np.unique(keys, return_inverse=True)
    return None if len(values) == len(keys) else place.astype(np.int64)


def _names(rows: Rows, asked: Asked) -> tuple[str, ...]:
    wanted = asked.columns if asked.columns is not None else rows.frame.columns
    roles = (asked.label, asked.time, asked.id, asked.weight)
    own = {rows.name(name) for name in roles if name is not None}
    for name in (*asked.keep, *asked.segments):
        rows.name(name)
    names = dict.fromkeys(rows.name(name) for name in wanted)
    return tuple(name for name in names if name not in own)


def _weights(rows: Rows, name: str | None) -> tuple[npt.NDArray[np.bool_], Floats]:
    if name is None:
        return np.ones(len(rows), dtype=bool), np.ones(len(rows))
    weight = rows.numbers(name)
    return np.nan_to_num(weight) > 0, weight


def _time(rows: Rows, name: str | None) -> tuple[Floats, bool]:
    """Give the time as numbers that rise with it; text periods by their order."""
    if name is None:
        return np.zeros(len(rows)), False
    kind = rows.kind(name)
    if kind != "category":
        is_moment = kind == "moment"
        return rows.numbers(name, is_moment=is_moment), is_moment
    texts = rows.texts(name)
    order = {text: at for at, text in enumerate(sorted({t for t in texts if t}))}
    return np.array([order.get(text, np.nan) for text in texts], dtype=float), False


def _varying(
    rows: Rows, used: tuple[str, ...], aside: tuple[str, ...]
) -> tuple[str, ...]:
    if not used:
        found = f"all of them know it: {', '.join(aside)}" if aside else "none is left"
        raise InputError(
            f"there is no column to predict the outcome from; {found}; name the "
            "columns that were known before the outcome"
        )
    return Design.fit(rows, used).names


def _unreadable(rows: Rows) -> Iterable[Notice]:
    if rows.unreadable:
        yield ColumnNotice(
            "unused",
            f"{', '.join(rows.unreadable)} hold lists, structures or bytes and were "
            "left out",
            rows.unreadable,
        )


def _left_out(
    outcome: Outcome, usable: npt.NDArray[np.bool_], asked: Asked
) -> Iterable[Notice]:
    if outcome.unknown:
        yield Notice(
            "no_label",
            f"{outcome.unknown:,} rows have no value of {asked.label!r} and were left "
            "out",
        )
    lost = int((~usable).sum())
    if lost:
        yield Notice(
            "weights" if asked.time is None else "no_time",
            f"{lost:,} rows have no usable time or weight and were left out",
        )


def _leaks(suspects: Sequence[Suspect], keep: tuple[str, ...]) -> Iterable[Notice]:
    for reason, found in suspects_by_reason(suspects).items():
        shown = ", ".join(f"{item.column} ({item.auc:.2f})" for item in found)
        kept = [item.column for item in found if item.column in keep]
        fate = (
            f"{', '.join(kept)} kept as asked: do not believe the AUC"
            if len(kept) == len(found)
            else "set aside, and the AUC is without them; name a column in keep if it "
            "was truly known before the outcome"
        )
        yield ColumnNotice(
            "leakage",
            f"these columns know the outcome, because {_WHY[reason]}: {shown}; {fate}",
            tuple(item.column for item in found),
        )


def _pattern(candidates: Candidates, aside: tuple[str, ...]) -> Iterable[Notice]:
    estimate, columns = missing_pattern_auc(candidates, aside)
    if columns and estimate.lower > PATTERN_LIMIT:
        telling = columns[:5]
        yield ColumnNotice(
            "missing_pattern",
            f"which values are missing predicts the outcome alone (AUC "
            f"{estimate.value:.2f}), most of all in {', '.join(telling)}; if they are "
            "missing because of the outcome or of how it was collected, leave these "
            "columns out",
            telling,
        )


def _idle(rows: Rows, used: tuple[str, ...]) -> Iterable[Notice]:
    idle = tuple(name for name in used if Design.one(rows, name).is_constant)
    if idle:
        yield ColumnNotice(
            "unused",
            f"{', '.join(idle)} have one value, or too many different ones to learn "
            "from, and were left out",
            idle,
        )
    infinite = tuple(
        name
        for name in used
        if rows.kind(name) == "number" and as_numbers(rows[name])[1]
    )
    if infinite:
        yield ColumnNotice(
            "infinite",
            f"{', '.join(infinite)} hold infinite numbers, which were read as missing",
            infinite,
        )
