"""A reading: one unchanging view of the operational rows, answered in Arrow.

SQLite is read through the library that Django itself uses. A second copy of SQLite in
the same process, such as the ADBC driver brings along, shares no locks with the first:
closing it removes the write-ahead log under an open connection, and committed rows
are lost. PostgreSQL has no such limit, and ADBC reads it four times faster.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, Protocol

import pyarrow as pa
from django.db import connection
from psycopg import conninfo, pq

from zhiyin.analyze.lake.queries.dialects import DIALECTS, Dialect


class Reading(Protocol):
    """Answers of one moment; what is written meanwhile is not seen."""

    dialect: Dialect

    def table(self, sql: str, schema: pa.Schema) -> pa.Table:
        """Run a query and return its rows with these names and types."""


class CursorReading:
    """Rows through a database cursor of Python."""

    def __init__(self, dialect: Dialect, cursor: Any) -> None:
        self.dialect = dialect
        self._cursor = cursor

    def table(self, sql: str, schema: pa.Schema) -> pa.Table:
        """Run a query and return its rows with these names and types."""
        self._cursor.execute(sql)
        rows = self._cursor.fetchall()
        if not rows:
            return schema.empty_table()
        columns = [
            _array(values, field.type)
            for values, field in zip(zip(*rows, strict=True), schema, strict=True)
        ]
        return pa.Table.from_arrays(columns, schema=schema)


class ArrowReading:
    """Rows through ADBC, which hands over columns and never makes Python objects."""

    def __init__(self, dialect: Dialect, cursor: Any) -> None:
        self.dialect = dialect
        self._cursor = cursor

    def table(self, sql: str, schema: pa.Schema) -> pa.Table:
        """Run a query and return its rows with these names and types."""
        self._cursor.execute(sql)
        table: pa.Table = self._cursor.fetch_arrow_table()
        columns = [
            column.cast(field.type)
            for column, field in zip(table.columns, schema, strict=True)
        ]
        return pa.Table.from_arrays(columns, schema=schema)


def _array(values: tuple[Any, ...], kind: pa.DataType) -> pa.Array:
    if pa.types.is_timestamp(kind) and any(isinstance(each, str) for each in values):
        return pa.array(values, pa.string()).cast(kind)
    return pa.array(values, kind)


@contextmanager
def open_reading() -> Iterator[Reading]:
    """Open a view of the database as it is now.

    Inside a transaction the caller's own view is used, so that he finds what he has
    written himself.
    """
    dialect = DIALECTS[connection.vendor]
    if connection.in_atomic_block:
        with closing(connection.connection.cursor()) as cursor:
            yield CursorReading(dialect, cursor)
    elif connection.vendor == "sqlite":
        yield from _sqlite(dialect)
    else:
        yield from _postgresql(dialect)


def _sqlite(dialect: Dialect) -> Iterator[Reading]:
    own = connection.copy()
    own.ensure_connection()
    own.connection.execute("BEGIN")
    try:
        with closing(own.connection.cursor()) as cursor:
            yield CursorReading(dialect, cursor)
    finally:
        own.connection.execute("ROLLBACK")
        own.close()


def _postgresql(dialect: Dialect) -> Iterator[Reading]:
    # Slow to import, and of no use where the database is a file.
    import adbc_driver_postgresql.dbapi as adbc  # noqa: PLC0415

    with adbc.connect(_address()) as own, own.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield ArrowReading(dialect, cursor)


def _address() -> str:
    known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()}
    settings = connection.get_connection_params()
    return conninfo.make_conninfo(
        **{
            name: value
            for name, value in settings.items()
            if name in known and value not in (None, "")
        },
    )
