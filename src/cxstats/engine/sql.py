"""An engine that speaks SQL: primitives rendered in its dialect, answers conformed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

import pyarrow as pa

from cxstats.engine.answers import Statement, conform
from cxstats.engine.dialect import Dialect
from cxstats.engine.primitives.histograms import score_histogram
from cxstats.engine.queries import HistogramQuery
from cxstats.engine.relation import ColumnRef, Kind, Relation, kind_of
from cxstats.engine.sources import BaseSource, Joined, Source
from cxstats.errors import UnsupportedError

__all__ = ["Scan", "Session", "SqlEngine"]


@dataclass(frozen=True)
class Scan:
    """How a session reads a source: FROM text without alias, and its columns.

    ``columns`` maps each stored name to the name it has in ``text`` and its type.
    """

    text: str
    columns: Mapping[str, tuple[str, pa.DataType]]


class Session(Protocol):
    """A connection lent to one question."""

    def scan(self, source: BaseSource, names: Sequence[str] | None) -> Scan:
        """Make a source readable; ``names`` are the columns needed (None: all)."""

    def fetch(self, sql: str) -> pa.Table:
        """Run a query and give its rows."""


class SqlEngine(ABC):
    """Primitives for whatever can lend a session and has a dialect."""

    name: str
    dialect: Dialect
    gaps: Mapping[str, str] = {}

    @abstractmethod
    def _session(self) -> AbstractContextManager[Session]:
        """Lend a connection to one question."""

    @abstractmethod
    def close(self) -> None:
        """End the connection and drop what was copied to the engine."""

    def __enter__(self) -> Self:
        """Use the engine in a ``with`` block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the engine."""
        self.close()

    def kinds(self, source: Source) -> dict[str, Kind]:
        """Columns of a source and what each holds, in stored order."""
        with self._session() as session:
            columns = self._relation(session, source, None).columns
        return {name: column.kind for name, column in columns.items()}

    def score_histogram(self, source: Source, query: HistogramQuery) -> pa.Table:
        """Count each raw score in each group."""
        with self._session() as session:
            relation = self._relation(session, source, query.columns())
            return self._answer(session, score_histogram(query, relation, self.dialect))

    def _answer(self, session: Session, statement: Statement) -> pa.Table:
        return conform(session.fetch(statement.sql), statement.outputs)

    def _relation(
        self, session: Session, source: Source, names: Sequence[str] | None
    ) -> Relation:
        if isinstance(source, Joined):
            raise UnsupportedError("joins are not written yet")
        scan = session.scan(source, names)
        alias = "src"
        columns = {
            stored: ColumnRef(
                stored, f"{alias}.{self.dialect.name(inside)}", kind_of(arrow_type)
            )
            for stored, (inside, arrow_type) in scan.columns.items()
        }
        return Relation(f"{scan.text} AS {alias}", columns)
