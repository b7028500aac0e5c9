"""Counting everybody asked by class, answer and whether they answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cxstats.aggregates import ScaleCoding, ScoreCells
from cxstats.engine import Engine, HistogramQuery, KeyLike
from cxstats.engine.keys import Column, as_key
from cxstats.errors import InputError
from cxstats.estimates import Notice
from cxstats.inputs import engine_for, source_of
from cxstats.metrics.measures import Measure
from cxstats.nonresponse.adjusting import Answers
from cxstats.weighting.classes import adjustment_keys, merge_rare

__all__ = ["Asked", "Reading", "collect"]

_YES = {"true", "1", "1.0", "yes", "y", "t", "是", "已答", "responded"}
_NO = {"false", "0", "0.0", "no", "n", "f", "否", "未答"}

FEWEST = 20
"""People asked that a class of its own needs."""

MOST_CLASSES = 40


@dataclass(frozen=True)
class Reading:
    """How answers are read, and what of them is averaged."""

    coding: ScaleCoding
    measure: Measure


@dataclass(frozen=True, eq=False)
class Asked:
    """Everybody asked.

    Parameters
    ----------
    answers
        Rows of people by cell, answer and state.
    levels
        Per feature, the class of each cell.
    respondents
        Cells of those who answered, without features.
    excluded
        Rows left out, by reason.
    notices
        What was seen while counting.
    """

    answers: Answers
    levels: tuple[list[Any], ...]
    respondents: ScoreCells
    excluded: Mapping[str, int]
    notices: tuple[Notice, ...]


def collect(
    data: Any,
    query: HistogramQuery,
    features: Sequence[KeyLike],
    responded: str | None,
    reading: Reading,
    engine: Engine | str | None,
) -> Asked:
    """Count everybody asked.

    Raises
    ------
    InputError
        If a flag is neither yes nor no, nobody answered, or nobody was asked.
    """
    with engine_for(engine) as opened:
        whole = replace(query, by=_by(features, responded))
        source = source_of(data, whole.columns())
        keys = adjustment_keys(opened, source, features, query.where)
        by = _by(keys, responded)
        table = opened.score_histogram(source, replace(query, by=by))
    names = [f"by{i}" for i in range(len(by))]
    table, unweighted = _weighted_only(table)
    cells = ScoreCells.from_histogram(table, by=names, coding=reading.coding)
    labels = [as_key(feature).name for feature in features]
    asked = _asked(cells, labels, reading.measure, has_flag=responded is not None)
    lost = {"no_weight": unweighted} if unweighted else {}
    return replace(asked, excluded={**asked.excluded, **lost})


def _weighted_only(table: pa.Table) -> tuple[pa.Table, int]:
    """Leave people without a usable weight out, and count them."""
    if "n_weighted" not in table.column_names:
        return table, 0
    lost = pc.sum(pc.subtract(table["n"], table["n_weighted"])).as_py() or 0
    place = table.column_names.index("n")
    table = table.set_column(place, "n", table["n_weighted"])
    return table.filter(pc.greater(table["n"], 0)), int(lost)


def _by(features: Sequence[KeyLike], responded: str | None) -> tuple[KeyLike, ...]:
    keys = [*features, *([Column(responded)] if responded else [])]
    return tuple(replace(as_key(key), name=f"by{i}") for i, key in enumerate(keys))


def _flag(value: Any) -> bool | None:
    """Read whether somebody answered; None where it is missing."""
    if value is None or value != value:  # noqa: PLR0124 - NaN alone differs from itself
        return None
    text = str(value).strip().casefold()
    if text in _YES or text in _NO:
        return text in _YES
    if not text:
        return None
    raise InputError(
        f"whether somebody answered is written as 1 or 0, true or false, yes or no; "
        f"received {value!r}"
    )


def _asked(
    cells: ScoreCells, names: list[str], measure: Measure, *, has_flag: bool
) -> Asked:
    groups, index = cells.groups, cells.group_index
    n, w, w2 = (cells.numbers(name) for name in ("n", "w", "w2"))
    flags = [_flag(key[-1]) if has_flag else True for key in groups]
    said = np.array([flag is True for flag in flags], dtype=bool)[index]
    known = np.array([flag is not None for flag in flags], dtype=bool)[index]
    keep = known & (w > 0)
    if not keep.any():
        raise InputError("nobody was asked; look at the filter and the weights")
    valid = cells.is_valid
    answered = said & valid & keep
    if not answered.any():
        raise InputError(
            "nobody answered with a valid score; look at the scale and the flag"
        )
    levels, merged = _levels([key[: len(names)] for key in groups], index, n * keep)
    cell, made = _number(levels, len(groups))
    values = np.where(answered, measure.values(cells.numbers("score")), 0.0)
    answers = Answers(
        cell=cell[index][keep],
        answered=answered[keep],
        value=values[keep],
        n=n[keep],
        w=w[keep],
        w2=w2[keep],
    )
    notices = _many(names, merged)
    if has_flag:
        silent = known & ~said & valid & keep
        notices += _contradictions(n, said & ~valid & keep, silent)
    table = cells.table.select(["score", "reason", "n", "w", "w2"])
    return Asked(
        answers=answers,
        levels=made,
        respondents=ScoreCells(
            (), cells.coding, table.filter(answered), cells.is_weighted
        ),
        excluded=_excluded(n, known),
        notices=tuple(notices),
    )


def _levels(
    keys: list[tuple[Any, ...]], index: Any, n: Any
) -> tuple[list[list[Any]], list[int]]:
    """Return the classes of each feature per group, rare ones merged."""
    people = np.bincount(index, n, len(keys)).astype(float)
    made = [
        merge_rare(list(column), people, FEWEST, MOST_CLASSES)
        for column in zip(*keys, strict=True)
    ]
    return [values for values, _count in made], [count for _values, count in made]


def _number(levels: list[list[Any]], groups: int) -> tuple[Any, tuple[list[Any], ...]]:
    """Number the distinct combinations of classes."""
    rows = list(zip(*levels, strict=True)) if levels else [()] * groups
    known: dict[tuple[Any, ...], int] = {}
    cell = np.array([known.setdefault(row, len(known)) for row in rows], dtype=np.int64)
    return cell, tuple([row[i] for row in known] for i in range(len(levels)))


def _many(names: list[str], merged: list[int]) -> list[Notice]:
    return [
        Notice(
            "many_values",
            f"the {count:,} rarest values of {name!r} were taken as one class",
        )
        for name, count in zip(names, merged, strict=True)
        if count
    ]


def _contradictions(n: Any, no_score: Any, no_flag: Any) -> list[Notice]:
    found = []
    if n[no_score].sum():
        found.append(
            Notice(
                "no_score",
                f"{n[no_score].sum():,.0f} people are marked as having answered but "
                "have no valid score; they count as not having answered",
            )
        )
    if n[no_flag].sum():
        found.append(
            Notice(
                "contradiction",
                f"{n[no_flag].sum():,.0f} people have a score but are marked as not "
                "having answered; their score was left out",
            )
        )
    return found


def _excluded(n: Any, known: Any) -> dict[str, int]:
    lost = int(n[~known].sum())
    return {"no_flag": lost} if lost else {}
