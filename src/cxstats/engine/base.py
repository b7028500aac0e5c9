"""The seam: what every engine answers."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Protocol, Self

import pyarrow as pa

from cxstats.engine.queries import HistogramQuery
from cxstats.engine.relation import Kind
from cxstats.engine.sources import Source

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
