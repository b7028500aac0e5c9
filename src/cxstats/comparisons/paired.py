"""The same people asked twice: change within the person."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from cxstats.aggregates import ScaleCoding, ScoreCells
from cxstats.comparisons.difference import Comparison, Difference
from cxstats.comparisons.groups import corrected, difference
from cxstats.comparisons.two_samples import Tested, from_error, square_and_add
from cxstats.engine import Engine
from cxstats.errors import InputError
from cxstats.estimates import Estimate
from cxstats.filters import Filter
from cxstats.intervals import bounded_interval
from cxstats.metrics import MetricResult, Precision, nps_from_cells
from cxstats.metrics.question import By, Question, ask, key_names
from cxstats.multiplicity import Correction
from cxstats.scales import NPS_0_10, Scale, parse_scale

__all__ = ["compare_paired", "paired_difference"]


def paired_difference(
    changes: Mapping[float, int], level: float = 0.95, *, largest: float = 2.0
) -> Tested:
    """Estimate the mean change of people measured twice.

    Parameters
    ----------
    changes
        People by change of their coded value: for a net score -2, -1, 0, 1 or 2.
    level
        Confidence level.
    largest
        Largest possible change, for the interval of a panel where all changed alike.

    Returns
    -------
    Tested
        In the unit of the coded values.

    Raises
    ------
    InputError
        If nobody was measured twice.

    Notes
    -----
    With d the change of a person, ``var(mean d) = (Σd² - (Σd)²/n) / n²`` and a t
    interval with n - 1 degrees of freedom. The covariance of the two measurements is
    inside d, which makes a panel more precise than two samples of its size.
    """
    d = np.array(list(changes), dtype=float)
    n = np.array(list(changes.values()), dtype=float)
    total = float(n.sum())
    if not total:
        raise InputError("nobody has a valid answer on both occasions")
    mean = float(n @ d) / total
    variance = max(float(n @ d**2) - float(n @ d) ** 2 / total, 0.0) / total**2
    if variance > 0:
        std_error = math.sqrt(variance)
        return from_error(mean, std_error, level, df=total - 1, method="paired_t")
    ends = bounded_interval(
        np.array([mean]), np.array([total]), (-largest, largest), level
    )
    change = (mean, float(ends[0][0]), float(ends[1][0]))
    return square_and_add((0.0, 0.0, 0.0), change, level)


def compare_paired(  # noqa: PLR0913 - a notebook names what it means
    data: Any,
    *,
    before: str,
    after: str,
    by: By = (),
    scale: str | Scale = NPS_0_10,
    missing: Sequence[Any] = (),
    where: str | Filter | None = None,
    correction: Correction = "bh",
    level: float = 0.95,
    engine: Engine | str | None = None,
) -> Comparison:
    """Compare two net scores of the same people, one row per person.

    Parameters
    ----------
    data
        As for `nps`, with both answers in the same row.
    before, after
        Columns of the two answers; a person without a valid answer to both is left
        out and counted under the reason of the first that fails.
    by, scale, missing, where, level, engine
        As for `nps`.
    correction
        Over all groups together: ``bh``, ``by`` or ``none``.

    Returns
    -------
    Comparison
        After minus before, one difference per group.

    Raises
    ------
    InputError
        If a column, scale, filter or level cannot be used, or nobody answered twice.
    """
    question = Question(after, (*Question(after, by).keys, before), where=where)
    read = parse_scale(scale)
    pairs = _Pairs.collect(ask(data, question, engine), read, tuple(missing))
    names = key_names(question.keys)[:-1]
    precision = Precision(level)
    sides = [
        nps_from_cells(pairs.cells(names, score), read, precision)
        for score in (pairs.before, pairs.after)
    ]
    made = [
        _change(pairs, sides, index, (before, after))
        for index in range(len(sides[0]))
        if sides[0].estimates.n[index]
    ]
    if not made:
        raise InputError(
            f"nobody has a valid answer to both {before!r} and {after!r}; left out: "
            f"{dict(sides[0].excluded)}"
        )
    return corrected(made, sides[1], f"{before} / {after}", correction)


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Counts of people by group, score before and score after."""

    table: pa.Table
    before: np.ndarray[Any, Any]
    after: np.ndarray[Any, Any]
    reasons: list[str]
    coding: ScaleCoding

    @classmethod
    def collect(
        cls, histogram: pa.Table, scale: Scale, missing: tuple[Any, ...]
    ) -> _Pairs:
        coding = ScaleCoding(scale, missing, whole=True)
        position = histogram.column_names.index("score") - 1
        first = [coding.code(v) for v in histogram.column(position).to_pylist()]
        second = [coding.code(v) for v in histogram.column("score").to_pylist()]
        reasons = [a[1] or b[1] for a, b in zip(first, second, strict=True)]
        return cls(
            table=histogram.remove_column(position),
            before=_numbers(first),
            after=_numbers(second),
            reasons=reasons,
            coding=coding,
        )

    def cells(self, by: tuple[str, ...], scores: np.ndarray[Any, Any]) -> ScoreCells:
        """Return the cells of one occasion, complete pairs valid."""
        keys = [self.table.column(i) for i in range(len(by))]
        n = self.table.column("n").cast(pa.float64())
        columns = {
            **{f"by{i}": key for i, key in enumerate(keys)},
            "score": pa.array(scores),
            "reason": pa.array(self.reasons, pa.string()),
            "n": self.table.column("n"),
            "w": n,
            "w2": n,
        }
        return ScoreCells(by, self.coding, pa.table(columns))


def _numbers(coded: list[tuple[float | None, str]]) -> np.ndarray[Any, Any]:
    return np.array([math.nan if x is None else x for x, _ in coded], dtype=float)


def _change(
    pairs: _Pairs, sides: list[MetricResult], index: int, names: tuple[str, str]
) -> Difference:
    first, second = sides
    measure, cells = first.measure, first.cells
    keep = cells.is_valid & (cells.group_index == index)
    moved = measure.values(pairs.after[keep]) - measure.values(pairs.before[keep])
    changes: dict[float, int] = {}
    for change, n in zip(moved.tolist(), cells.numbers("n")[keep], strict=True):
        changes[change] = changes.get(change, 0) + int(n)
    tested = paired_difference(changes, first.level).scaled(measure.factor)
    key = dict(zip(first.by, cells.groups[index], strict=True))
    estimates: tuple[Estimate, Estimate] = (
        first.estimates[index],
        second.estimates[index],
    )
    return difference(key, names, estimates, tested, n=sum(changes.values()))
