"""PostgreSQL through ADBC: Arrow in, Arrow out, one connection under a lock."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

import adbc_driver_manager
import pyarrow as pa
from adbc_driver_postgresql import dbapi

from cxstats.engine.address import Address
from cxstats.engine.loading import Loaded, rows_of
from cxstats.engine.postgresql.dialect import PostgreSQLDialect
from cxstats.engine.sources import BaseSource, EngineTable
from cxstats.engine.sql import Scan, Session, SqlEngine
from cxstats.errors import EngineError, EngineNotAvailableError

__all__ = ["PostgreSQLEngine", "open_address"]


def open_address(address: Address) -> PostgreSQLEngine:
    """Open ``postgresql://user:password@host:5432/database``."""
    return PostgreSQLEngine(address)


class PostgreSQLEngine(SqlEngine):
    """A PostgreSQL database.

    ``EngineTable`` reads a table where it is. Arrow data and Parquet files are
    copied, needed columns only, to temporary tables of this connection: fit for
    some millions of rows, not for a lake.

    Raises
    ------
    EngineNotAvailableError
        If the database does not answer.
    """

    name = "postgresql"
    dialect = PostgreSQLDialect()
    gaps = {
        "rule_tags into Parquet": "its server writes tables, not Parquet files",
    }

    def __init__(self, address: Address) -> None:
        self._lock = threading.RLock()
        try:
            connection = dbapi.connect(address.url, autocommit=True)
        except adbc_driver_manager.Error as error:
            raise EngineNotAvailableError(
                f"PostgreSQL does not answer at {address.shown}: {_reason(error)}"
            ) from error
        self._kept = PostgreSQLSession(connection)
        self._kept.execute("SET TIME ZONE 'UTC'")

    def close(self) -> None:
        """End the connection; its temporary tables go with it."""
        with self._lock:
            self._kept.close()

    def _session(self) -> AbstractContextManager[Session]:
        return self._lend()

    @contextmanager
    def _lend(self) -> Iterator[Session]:
        with self._lock:
            try:
                self._kept.tidy()
                yield self._kept
            except adbc_driver_manager.Error as error:
                raise EngineError(f"PostgreSQL failed: {_reason(error)}") from error


class PostgreSQLSession:
    """The connection and the temporary tables on it."""

    def __init__(self, connection: dbapi.Connection) -> None:
        self._connection = connection
        self._loaded = Loaded()
        self._made = 0

    def scan(self, source: BaseSource, names: Sequence[str]) -> Scan:
        """Read a table where it is; copy other sources to a temporary one."""
        if isinstance(source, EngineTable):
            text = PostgreSQLDialect().table(source.parts)
            schema = self.fetch(f"SELECT * FROM {text} LIMIT 0").schema
            return Scan(text, {item.name: (item.name, _type(item)) for item in schema})
        rows = rows_of(source, names)
        columns = {
            name: (rows.inside[name], found) for name, found in rows.stored.items()
        }
        if not rows.wanted:
            return Scan("", columns)
        name = self._loaded.find(rows)
        if name is None:
            name = f"cxstats_{self._made}"
            self._made += 1
            with self._connection.cursor() as cursor:
                cursor.adbc_ingest(name, rows.reader(), mode="create", temporary=True)
            self.execute(f"ANALYZE {name}")
            self._loaded.keep(rows, name)
        return Scan(name, columns)

    def tidy(self) -> None:
        """Drop copies that are no longer needed."""
        for name in self._loaded.surplus():
            self.execute(f"DROP TABLE {name}")

    def fetch(self, sql: str) -> pa.Table:
        """Run a query and give its rows."""
        with self._connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetch_arrow_table()

    def execute(self, sql: str) -> None:
        """Run a statement that gives no rows."""
        with self._connection.cursor() as cursor:
            cursor.execute(sql)

    def close(self) -> None:
        """End the connection."""
        self._connection.close()


def _type(item: pa.Field) -> pa.DataType:
    """Type of a column; NUMERIC travels as text marked as such."""
    if getattr(item.type, "type_name", "") == "numeric":
        return pa.decimal128(38, 10)
    return item.type


def _reason(error: Exception) -> str:
    """Give the server's words without the statement, which may hold answers."""
    return str(error).split("\n", 1)[0]
