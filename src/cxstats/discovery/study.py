"""What one search asks: a score, how it is read, and the rows it is read from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from cxstats.aggregates.codings import Coding
from cxstats.aggregates.encoding import rank_values
from cxstats.discovery.conditions import both
from cxstats.discovery.levelling import Offset, Offsets
from cxstats.discovery.sums import shifted, sums_of
from cxstats.engine import Engine, HistogramQuery, KeyLike, SliceQuery, Source
from cxstats.engine.keys import Key, as_key
from cxstats.estimates import Floats
from cxstats.filters import Filter
from cxstats.metrics.measures import Measure

__all__ = ["Counted", "Study"]


@dataclass(frozen=True, eq=False)
class Counted:
    """Cells of valid answers: their keys as Arrow columns and their sums."""

    keys: tuple[pa.ChunkedArray, ...]
    sums: Floats


@dataclass(frozen=True, eq=False)
class Study:
    """A score on an engine, ready to be counted by any keys.

    Parameters
    ----------
    engine, source
        Where the rows lie.
    score, coding, measure
        The column, how its raw values are read and what is averaged.
    weight, where
        Column of weights and rows to keep.
    level
        Confidence level of intervals.
    offsets
        Groups whose scores are freed of a difference already told.
    """

    engine: Engine
    source: Source
    score: str
    coding: Coding
    measure: Measure
    weight: str | None
    where: Filter | None
    level: float
    offsets: Offsets = field(default_factory=Offsets)

    def levelled(self, offset: Offset) -> Study:
        """Return the same study with one more group freed of its difference."""
        return replace(self, offsets=self.offsets + offset)

    def plain(self) -> Study:
        """Return the same study with the scores as they were given."""
        return replace(self, offsets=Offsets())

    def within(self, where: Filter | None) -> Study:
        """Return the same study on fewer rows."""
        return replace(self, where=both(self.where, where))

    def counted(self, keys: Sequence[KeyLike], where: Filter | None = None) -> Counted:
        """Count valid answers by keys; a missing key is a cell of its own."""
        every = [*keys, *self.offsets.keys()]
        counted = self.histogram(every, both(self.where, where))
        if not self.offsets:
            return counted
        own, others = counted.keys[: len(keys)], counted.keys[len(keys) :]
        differences = self.offsets.of(others, len(counted.sums))
        return Counted(own, shifted(counted.sums, differences))

    def histogram(self, keys: Sequence[KeyLike], where: Filter | None) -> Counted:
        """Count valid answers by keys, nobody levelled."""
        query = HistogramQuery(
            self.score, _named(keys), weight=self.weight, where=where
        )
        table = self.engine.score_histogram(self.source, query)
        return self._read(table, len(keys))

    def sums(self, where: Filter | None = None) -> Floats:
        """Sum the valid answers of all rows kept."""
        made: Floats = self.counted((), where).sums.sum(axis=0)
        return made

    def slices(
        self, keys: Sequence[KeyLike], order: int, where: Filter | None = None
    ) -> Counted:
        """Count valid answers in every slice of one key or two.

        The keys of the cells are the position of the key and its value as text, and
        for ``order=2`` the same of the other key. Nobody is levelled here.
        """
        query = SliceQuery(
            self.score,
            _named(keys),
            order=order,
            weight=self.weight,
            where=both(self.where, where),
        )
        return self._read(self.engine.slice_scan(self.source, query), 2 * order)

    def _read(self, table: pa.Table, keys: int) -> Counted:
        values = self._coded(table.column("score"))
        n = _floats(table, "n" if self.weight is None else "n_weighted")
        known = np.isfinite(values) & (n > 0)
        if not known.all():
            table = table.filter(pa.array(known))
            values, n = values[known], n[known]
        weights = None
        if self.weight is not None:
            weights = (_floats(table, "w"), _floats(table, "w2"))
        columns = tuple(table.column(at) for at in range(keys))
        return Counted(columns, sums_of(values, n, weights))

    def _coded(self, column: pa.ChunkedArray) -> Floats:
        """Coded value per row; NaN where the answer is not valid."""
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        if not len(column):
            return np.zeros(0)
        raw, index = rank_values(column)
        coded = [self.coding.code(value) for value in raw]
        scores = np.array(
            [
                np.nan if number is None or reason else number
                for number, reason in coded
            ],
            dtype=float,
        )
        values = np.where(
            np.isnan(scores), np.nan, self.measure.values(np.nan_to_num(scores))
        )
        return np.asarray(values[index], dtype=float)


def _named(keys: Sequence[KeyLike]) -> tuple[Key, ...]:
    """Give keys names of their own: two may be of one column."""
    return tuple(replace(as_key(key), name=f"k{at}") for at, key in enumerate(keys))


def _floats(table: pa.Table, name: str) -> Floats:
    column = table.column(name).cast(pa.float64()).combine_chunks()
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=float)
