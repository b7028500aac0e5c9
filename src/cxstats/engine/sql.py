"""An engine that speaks SQL: primitives rendered in its dialect, answers conformed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self, TypeVar

import pyarrow as pa

from cxstats.engine.answers import COUNT, Statement, conform
from cxstats.engine.dialect import Dialect
from cxstats.engine.primitives import (
    cross_products,
    days,
    histograms,
    joins,
    moments,
    sequences,
    slices,
    tags,
    texts,
)
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
from cxstats.engine.relation import ColumnRef, Kind, Relation, kind_of
from cxstats.engine.sources import (
    BaseSource,
    EngineTable,
    Joined,
    ParquetFiles,
    Source,
)
from cxstats.errors import InputError, UnsupportedError

__all__ = ["Query", "Scan", "Session", "SqlEngine", "single_path"]


@dataclass(frozen=True)
class Scan:
    """How a session reads a source: FROM text without alias, and its columns.

    ``columns`` maps each stored name to the name it has in ``text`` and its type;
    only the columns that were needed are sure to be in ``text``.
    """

    text: str
    columns: Mapping[str, tuple[str, pa.DataType]]


class Session(Protocol):
    """A connection lent to one question."""

    def scan(self, source: BaseSource, names: Sequence[str]) -> Scan:
        """Make the named columns readable; tell of all columns."""

    def fetch(self, sql: str) -> pa.Table:
        """Run a query and give its rows."""

    def execute(self, sql: str) -> None:
        """Run a statement that gives no rows."""


class Query(Protocol):
    """A question that knows the columns it reads."""

    def columns(self) -> tuple[str, ...]:
        """Columns read."""


_Q = TypeVar("_Q", bound=Query)


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
            columns = self._relation(session, source, ()).columns
        return {name: column.kind for name, column in columns.items()}

    def score_histogram(self, source: Source, query: HistogramQuery) -> pa.Table:
        """Count each raw score in each group."""
        return self._ask(source, query, histograms.score_histogram)

    def value_histogram(self, source: Source, query: ValuesQuery) -> pa.Table:
        """Count each number in each group."""
        return self._ask(source, query, histograms.value_histogram)

    def group_moments(self, source: Source, query: MomentsQuery) -> pa.Table:
        """Sum powers of weight and value in each group."""
        return self._ask(source, query, moments.group_moments)

    def distinct_count(self, source: Source, query: DistinctQuery) -> pa.Table:
        """Count different values in each group, exactly."""
        return self._ask(source, query, texts.distinct_count)

    def text_counts(self, source: Source, query: TextQuery) -> pa.Table:
        """Measure texts and count those with each phrase, in each group."""
        return self._ask(source, query, texts.text_counts)

    def previous_answers(self, source: Source, query: PreviousQuery) -> pa.Table:
        """Count pairs of a customer's consecutive answers."""
        return self._ask(source, query, sequences.previous_answers)

    def top_rows(self, source: Source, query: TopQuery) -> pa.Table:
        """Give the first rows in an order."""
        return self._ask(source, query, sequences.top_rows)

    def daily_series(self, source: Source, query: DailyQuery) -> pa.Table:
        """Count each raw score on each local day, in each group."""
        table = self._ask(source, query, days.daily_series)
        number = table["day"].cast(pa.int32()).cast(pa.date32())
        return table.set_column(0, "day", number).sort_by("day")

    def slice_scan(self, source: Source, query: SliceQuery) -> pa.Table:
        """Count each raw score in every slice of one key or two."""
        with self._session() as session:
            relation = self._relation(session, source, query.columns())
            statements = slices.pair_cells(query, relation, self.dialect)
            cells = [self._answer(session, item) for item in statements]
        return slices.cells_to_slices(query, pa.concat_tables(cells))

    def cross_products(self, source: Source, query: CrossProductsQuery) -> pa.Table:
        """Sum products of every two columns."""
        values: dict[str, float] = {}
        with self._session() as session:
            relation = self._relation(session, source, query.columns())
            for sums, statement in cross_products.pair_sums(
                query, relation, self.dialect
            ):
                row = self._answer(session, statement).to_pylist()[0]
                values.update(zip(sums, row.values(), strict=True))
        return cross_products.assembled(query, values)

    def join_check(self, join: Joined) -> pa.Table:
        """Count what a join would keep, drop and multiply, in one row."""
        counts: dict[str, int] = {}
        with self._session() as session:
            left = self._relation(session, join.left, (join.left_key,), "l")
            right = self._relation(session, join.right, (join.right_key,), "r")
            for statement in joins.join_checks(join, left, right, self.dialect):
                counts |= self._answer(session, statement).to_pylist()[0]
        return pa.table({name: pa.array([n], COUNT) for name, n in counts.items()})

    def rule_tags(
        self, source: Source, query: TagQuery, into: EngineTable | ParquetFiles
    ) -> pa.Table:
        """Write a table of tags and count each tag in it."""
        if isinstance(into, ParquetFiles) and "rule_tags into Parquet" in self.gaps:
            raise UnsupportedError(
                f"{self.name} cannot write tags to Parquet: "
                f"{self.gaps['rule_tags into Parquet']}"
            )
        with self._session() as session:
            relation = self._relation(session, source, query.columns())
            select = tags.tag_rows(query, relation, self.dialect)
            self._make_table(session, into, select)
            made = self._relation(session, into, [name for name, _ in query.rules])
            row = self._answer(session, tags.tag_counts(query, made))
        rows, *counts = (column.to_pylist()[0] for column in row.columns)
        true, false = counts[0::2], counts[1::2]
        unknown = [rows - a - b for a, b in zip(true, false, strict=True)]
        return pa.table(
            {
                "tag": pa.array([name for name, _rule in query.rules], pa.string()),
                "n_true": pa.array(true, COUNT),
                "n_false": pa.array(false, COUNT),
                "n_unknown": pa.array(unknown, COUNT),
            }
        )

    def _make_table(
        self, session: Session, into: EngineTable | ParquetFiles, select: str
    ) -> None:
        if isinstance(into, ParquetFiles):
            raise UnsupportedError(f"{self.name} makes tables, not Parquet files")
        session.execute(self.dialect.create_table(into.parts, select))

    def _ask(
        self,
        source: Source,
        query: _Q,
        write: Callable[[_Q, Relation, Dialect], Statement],
    ) -> pa.Table:
        with self._session() as session:
            relation = self._relation(session, source, query.columns())
            return self._answer(session, write(query, relation, self.dialect))

    def _answer(self, session: Session, statement: Statement) -> pa.Table:
        return conform(session.fetch(statement.sql), statement.outputs)

    def _relation(
        self,
        session: Session,
        source: Source,
        names: Sequence[str],
        alias: str = "src",
    ) -> Relation:
        if isinstance(source, Joined):
            ours, theirs = joins.sides(source, names)
            left = self._relation(session, source.left, ours, "l")
            right = self._relation(session, source.right, theirs, "r")
            return joins.joined(source, left, right, names, self.dialect, alias)
        scan = session.scan(source, names)
        columns = {
            stored: ColumnRef(
                stored, f"{alias}.{self.dialect.name(inside)}", kind_of(arrow_type)
            )
            for stored, (inside, arrow_type) in scan.columns.items()
        }
        return Relation(f"{scan.text} AS {alias}", columns)


def single_path(files: ParquetFiles) -> str:
    """Give the path of the one file to write.

    Raises
    ------
    InputError
        If there are several.
    """
    if len(files.paths) != 1:
        raise InputError(f"one Parquet file is written at a time; got {files.paths}")
    return files.paths[0]
