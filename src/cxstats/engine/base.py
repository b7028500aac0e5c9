"""The seam: what every engine answers."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Protocol, Self

import pyarrow as pa

from cxstats.engine.queries import (
    CrossProductsQuery,
    DailyQuery,
    DistinctQuery,
    HistogramQuery,
    MomentsQuery,
    PreviousQuery,
    SliceQuery,
    TagQuery,
    TextQuery,
    TopQuery,
    ValuesQuery,
)
from cxstats.engine.relation import Kind
from cxstats.engine.sources import EngineTable, Joined, ParquetFiles, Source

__all__ = ["Engine"]


class Engine(Protocol):
    """An engine answers small questions about many rows with small Arrow tables.

    Integers arrive as int64, other numbers as float64, text as string, times as
    UTC timestamps without a zone in microseconds. Rows come in no promised order
    unless the query says so. Columns match by name, spaces around it aside.
    """

    @property
    def name(self) -> str:
        """Kind of engine: ``duckdb``, ``postgresql``, ``spark``, ``clickhouse``."""

    @property
    def gaps(self) -> Mapping[str, str]:
        """Primitives that this engine does not answer, each with the reason."""

    def kinds(self, source: Source) -> dict[str, Kind]:
        """Columns of a source and what each holds, in stored order."""

    def score_histogram(self, source: Source, query: HistogramQuery) -> pa.Table:
        """Count each raw score in each group."""

    def value_histogram(self, source: Source, query: ValuesQuery) -> pa.Table:
        """Count each number in each group."""

    def group_moments(self, source: Source, query: MomentsQuery) -> pa.Table:
        """Sum powers of weight and value in each group."""

    def cross_products(self, source: Source, query: CrossProductsQuery) -> pa.Table:
        """Sum products of every two columns."""

    def slice_scan(self, source: Source, query: SliceQuery) -> pa.Table:
        """Count each raw score in every slice of one key or two."""

    def daily_series(self, source: Source, query: DailyQuery) -> pa.Table:
        """Count each raw score on each local day, in each group."""

    def previous_answers(self, source: Source, query: PreviousQuery) -> pa.Table:
        """Count pairs of a customer's consecutive answers."""

    def distinct_count(self, source: Source, query: DistinctQuery) -> pa.Table:
        """Count different values in each group, exactly."""

    def text_counts(self, source: Source, query: TextQuery) -> pa.Table:
        """Measure texts and count those with each phrase, in each group."""

    def top_rows(self, source: Source, query: TopQuery) -> pa.Table:
        """Give the first rows in an order."""

    def join_check(self, join: Joined) -> pa.Table:
        """Count what a join would keep, drop and multiply, in one row.

        The columns are ``left_rows``, ``left_keyed`` (key not NULL),
        ``right_rows``, ``right_keyed``, ``right_distinct`` keys, ``left_matched``
        rows and ``joined_rows`` of an inner join.
        """

    def rule_tags(
        self, source: Source, query: TagQuery, into: EngineTable | ParquetFiles
    ) -> pa.Table:
        """Write a table of tags and count each tag in it."""

    def close(self) -> None:
        """End the connection and drop what was copied to the engine."""

    def __enter__(self) -> Self:
        """Use the engine in a ``with`` block."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the engine."""
