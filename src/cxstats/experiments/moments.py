"""Outcomes per arm and segment as n, sum and sum of squares, from any engine."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cxstats.aggregates import ScaleCoding, ScoreCells
from cxstats.engine import Engine, HistogramQuery, KeyLike, MomentsQuery, Source
from cxstats.engine.keys import as_key
from cxstats.errors import InputError
from cxstats.filters import Filter
from cxstats.metrics.measures import NetScore
from cxstats.scales import Scale

__all__ = ["UNITS", "Moments", "Outcome", "collect_moments", "is_missing", "kind_of"]

UNITS = {"share": "share", "mean": "score", "nps": "points"}


@dataclass(frozen=True)
class Moments:
    """Rows of a group, and of the answered ones n, Σy and Σy².

    ``rows`` are all who were assigned; ``n`` those with a known outcome. ``is_binary``
    says that every outcome is 0 or 1.
    """

    rows: float = 0.0
    n: float = 0.0
    s1: float = 0.0
    s2: float = 0.0
    is_binary: bool = True

    @property
    def mean(self) -> float:
        """Mean outcome; NaN without one."""
        return self.s1 / self.n if self.n else float("nan")

    def variance(self, ddof: int = 1) -> float:
        """Variance of an outcome; NaN where n is not above ``ddof``."""
        if self.n <= ddof:
            return float("nan")
        return max(self.s2 - self.s1**2 / self.n, 0.0) / (self.n - ddof)

    def __add__(self, other: Moments) -> Moments:
        """Pool two groups."""
        return Moments(
            self.rows + other.rows,
            self.n + other.n,
            self.s1 + other.s1,
            self.s2 + other.s2,
            self.is_binary and other.is_binary,
        )

    def with_zeros(self) -> Moments:
        """Count unknown outcomes as 0."""
        return replace(self, n=self.rows)


@dataclass(frozen=True)
class Outcome:
    """What is measured: a column, how it is read, and which rows count.

    ``kind`` is ``auto`` (a share if every value is 0 or 1, else a mean), ``share``,
    ``mean`` or ``nps``.
    """

    column: str
    kind: str = "auto"
    scale: Scale | None = None
    where: Filter | None = None

    def __post_init__(self) -> None:
        """Refuse a kind that is not known."""
        if self.kind not in {"auto", *UNITS}:
            raise InputError(
                f"kind must be auto, share, mean or nps; received {self.kind!r}"
            )


def collect_moments(
    engine: Engine, source: Source, outcome: Outcome, keys: Sequence[KeyLike]
) -> dict[tuple[Any, ...], Moments]:
    """Sum the outcome in every group of the keys."""
    named = tuple(replace(as_key(key), name=f"by{i}") for i, key in enumerate(keys))
    if outcome.kind == "nps":
        return _net(engine, source, outcome, named)
    query = MomentsQuery(outcome.column, by=named, where=outcome.where)
    table = engine.group_moments(source, query)
    found: dict[tuple[Any, ...], Moments] = {}
    for row in table.to_pylist():
        key = tuple(row[f"by{i}"] for i in range(len(named)))
        # Between 0 and 1 only zeros and ones have equal sums of y and of its square.
        is_binary = row["n_used"] == 0 or (
            row["lowest"] >= 0 and row["highest"] <= 1 and row["wx"] == row["wx2"]
        )
        own = Moments(row["n"], row["n_used"], row["wx"], row["wx2"], is_binary)
        found[key] = found.get(key, Moments()) + own
    return found


def _net(
    engine: Engine, source: Source, outcome: Outcome, keys: tuple[KeyLike, ...]
) -> dict[tuple[Any, ...], Moments]:
    scale = outcome.scale
    if scale is None:
        raise InputError("a net score needs its scale, such as scale='0-10'")
    query = HistogramQuery(outcome.column, by=keys, where=outcome.where)
    cells = ScoreCells.from_histogram(
        engine.score_histogram(source, query),
        by=[f"by{i}" for i in range(len(keys))],
        coding=ScaleCoding(scale, whole=True),
    )
    v = NetScore(scale).values(cells.numbers("score"))
    rows = cells.numbers("n")
    n = np.where(cells.is_valid, rows, 0.0)
    v = np.where(cells.is_valid, v, 0.0)
    sums = [
        np.bincount(cells.group_index, column, len(cells.groups)).tolist()
        for column in (rows, n, n * v, n * v * v)
    ]
    return {
        key: Moments(*numbers)
        for key, numbers in zip(cells.groups, zip(*sums, strict=True), strict=True)
    }


def is_missing(key: Any) -> bool:
    """Whether a key of a group is NULL, NaN or blank text."""
    if isinstance(key, float):
        return math.isnan(key)
    return key is None or (isinstance(key, str) and not key.strip())


def kind_of(outcome: Outcome, found: Sequence[Moments]) -> str:
    """Tell shares from means.

    Raises
    ------
    InputError
        If a share was asked for and there are other values than 0 and 1.
    """
    is_binary = all(moments.is_binary for moments in found)
    if outcome.kind == "share" and not is_binary:
        raise InputError(
            f"a share needs outcomes of 0 and 1; {outcome.column!r} holds other numbers"
        )
    if outcome.kind == "auto":
        return "share" if is_binary else "mean"
    return outcome.kind
