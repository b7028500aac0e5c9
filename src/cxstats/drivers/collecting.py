"""Collect what driver analysis needs: cells where they are few, else second moments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce
from operator import add
from typing import Any

from cxstats.drivers.cells import DriverCells, numbers_of
from cxstats.drivers.moments import SecondMoments
from cxstats.drivers.question import DriverQuestion, NumberBand, ridits
from cxstats.engine import (
    Column,
    CrossProductsQuery,
    DistinctQuery,
    Engine,
    HistogramQuery,
    Kind,
    MomentsQuery,
    Source,
)
from cxstats.errors import InputError
from cxstats.filters import And, Between, Compare, Filter
from cxstats.inputs import engine_for, source_of

__all__ = ["MOST_CELLS", "Collected", "Desk", "collect", "literal"]

MOST_CELLS = 50_000
"""Cells brought back at most; with more rows than that they are counted first."""

_MOST_POINTS = 50
"""Different outcomes at most when only their order counts."""

_MOST_PASSES = 100
"""Clusters at most that are summed one by one."""

_NOTABLE_LOSS = 0.1


@dataclass(frozen=True, eq=False)
class Collected:
    """What came back.

    Parameters
    ----------
    moments
        Of all drivers and the outcome, over complete rows.
    cells
        The same as cells, where these are few.
    parts
        Moments of every cluster, where there are no cells.
    rows
        Rows that the filter kept, complete or not.
    missing
        Rows without a number by column, where the loss is notable.
    """

    moments: SecondMoments
    cells: DriverCells | None
    parts: tuple[SecondMoments, ...]
    rows: int
    missing: Mapping[str, int]


@dataclass(frozen=True, eq=False)
class Desk:
    """A question at an open engine."""

    engine: Engine
    source: Source
    question: DriverQuestion
    kinds: Mapping[str, Kind]

    @property
    def complete(self) -> Filter:
        """Rows in which everything is known."""
        return self.question.complete(self.kinds)

    def size(self, kept: Filter) -> tuple[int, float]:
        """Return usable rows and the sum of their squared weights."""
        weight = self.question.weight
        query = MomentsQuery(self.question.outcome, weight=weight, where=kept)
        row = self.engine.group_moments(self.source, query).to_pylist()[0]
        return int(row["n_used"]), float(row["w2"])

    def rows(self) -> int:
        """Return the rows that the filter keeps."""
        query = MomentsQuery(self.question.outcome, where=self.question.where)
        return int(self.engine.group_moments(self.source, query)["n"][0].as_py())

    def cells(self, kept: Filter) -> DriverCells:
        """Count the distinct combinations of drivers, outcome and cluster."""
        keys = [Column(name, f"by{at}") for at, name in enumerate(self.drivers)]
        query = HistogramQuery(
            self.question.outcome,
            by=tuple(keys),
            weight=self.question.weight,
            cluster=self.question.cluster,
            where=kept,
        )
        table = self.engine.score_histogram(self.source, query)
        return DriverCells.from_histogram(table, self.question)

    def moments(self, kept: Filter) -> SecondMoments:
        """Sum the products of columns, in one pass per class of the outcome."""
        question = self.question
        if question.measure == "score":
            found = self._sums((*self.drivers, question.outcome), kept)
        else:
            bands = self._ridit_bands(kept)
            if question.measure != "ordinal":
                bands = question.bands()
            parts = [
                self._sums(
                    self.drivers,
                    And((kept, Between(question.outcome, band.low, band.high))),
                ).with_constant_outcome(question.outcome, band.value)
                for band in bands
            ]
            found = reduce(add, parts)
        if question.weight is None:
            return found
        return replace(found, weight2=self.size(kept)[1])

    def cluster_moments(self, kept: Filter) -> tuple[SecondMoments, ...]:
        """Sum the products of columns cluster by cluster; nothing if they are many."""
        name = self.question.cluster
        if name is None or self.question.measure == "ordinal":
            return ()
        count = DistinctQuery(name, where=kept)
        table = self.engine.distinct_count(self.source, count)
        if int(table["n_distinct"][0].as_py()) > _MOST_PASSES:
            return ()
        query = HistogramQuery(name, where=kept)
        labels = self.engine.score_histogram(self.source, query)["score"].to_pylist()
        found = []
        for label in sorted(labels, key=str):
            inside = And((kept, Compare(name, "=", literal(label))))
            found.append(self.moments(inside))
        return tuple(part for part in found if part.n)

    @property
    def drivers(self) -> tuple[str, ...]:
        """Drivers asked for."""
        return self.question.drivers

    def few_cells(self) -> bool:
        """Tell whether the combinations are few, whatever the number of rows."""
        names: list[str] = [self.question.outcome, *self.drivers]
        if self.question.cluster is not None:
            names.append(self.question.cluster)
        cells = 1
        for name in names:
            query = DistinctQuery(name, where=self.question.where)
            table = self.engine.distinct_count(self.source, query)
            cells *= max(int(table["n_distinct"][0].as_py()), 1)
            if cells > MOST_CELLS:
                return False
        return True

    def missing(self, rows: int) -> dict[str, int]:
        """Count the rows without a number, column by column."""
        found = {}
        for name in (self.question.outcome, *self.drivers):
            kept = self.question.known_column(name, self.kinds)
            query = MomentsQuery(name, where=kept)
            table = self.engine.group_moments(self.source, query)
            found[name] = rows - int(table["n_used"][0].as_py())
        return found

    def _sums(self, names: tuple[str, ...], kept: Filter) -> SecondMoments:
        weight = self.question.weight
        query = CrossProductsQuery(names, weight=weight, complete=True, where=kept)
        table = self.engine.cross_products(self.source, query)
        return SecondMoments.from_cross_products(table, names)

    def _ridit_bands(self, kept: Filter) -> tuple[NumberBand, ...]:
        if self.question.measure != "ordinal":
            return ()
        weight = self.question.weight
        query = HistogramQuery(self.question.outcome, weight=weight, where=kept)
        table = self.engine.score_histogram(self.source, query)
        values = numbers_of(table["score"])
        weights = numbers_of(table["n" if weight is None else "w"])
        if len(values) > _MOST_POINTS:
            raise InputError(
                f"{self.question.outcome!r} has {len(values):,} different values; an "
                f"ordinal outcome has {_MOST_POINTS} at most: explain it as a score"
            )
        order = values.argsort()
        pairs = zip(values[order], ridits(weights[order]), strict=True)
        return tuple(NumberBand(float(x), float(x), float(r)) for x, r in pairs)


def collect(
    data: Any, question: DriverQuestion, engine: Engine | str | None
) -> Collected:
    """Collect the moments of complete rows, and cells where these are few.

    Raises
    ------
    InputError
        If a column cannot be used, or no row is complete; the message names the
        columns that are missing most.
    """
    with engine_for(engine) as opened:
        source = source_of(data, question.columns)
        desk = Desk(opened, source, question, opened.kinds(source))
        rows = desk.rows()
        found = _cells(desk) if rows <= MOST_CELLS or desk.few_cells() else _sums(desk)
        n = found.moments.n
        lost = desk.missing(rows) if n < (1 - _NOTABLE_LOSS) * rows else {}
        if not n:
            raise InputError(_nothing_left(rows, lost))
        return replace(found, rows=rows, missing=lost)


def _cells(desk: Desk) -> Collected:
    cells = desk.cells(desk.complete)
    return Collected(cells.moments(), cells, (), 0, {})


def _sums(desk: Desk) -> Collected:
    kept = desk.complete
    parts = desk.cluster_moments(kept)
    moments = reduce(add, parts) if parts else desk.moments(kept)
    if moments.n <= MOST_CELLS:
        return _cells(desk)
    return Collected(moments, None, parts, 0, {})


def literal(value: Any) -> str | int | float | bool:
    """Turn a key that came back into what a filter compares with."""
    if isinstance(value, str | int | float | bool):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _nothing_left(rows: int, lost: Mapping[str, int]) -> str:
    if not rows:
        return "there are no rows to analyse; check the data and the filter"
    empty = [name for name, count in lost.items() if count == rows]
    if empty:
        return (
            f"no row has a number in {', '.join(empty)}; leave these columns out or "
            "check how they are written"
        )
    return (
        f"none of {rows:,} rows has a number in every column, a usable weight and an "
        "outcome on the scale; leave out the drivers that are missing most: "
        + ", ".join(sorted(lost, key=lambda name: -lost[name])[:3])
    )
