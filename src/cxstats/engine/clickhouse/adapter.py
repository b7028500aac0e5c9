"""ClickHouse's primitives over a link: HTTP to a server, or the engine in process."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol
from uuid import uuid4

import pyarrow as pa

from cxstats.engine.address import Address
from cxstats.engine.clickhouse.dialect import ClickHouseDialect
from cxstats.engine.loading import Loaded, Rows, rows_of
from cxstats.engine.sources import BaseSource, EngineTable
from cxstats.engine.sql import Scan, Session, SqlEngine

__all__ = ["SETTINGS", "ClickHouseEngine", "Link", "open_address"]

SETTINGS = {
    "join_use_nulls": "1",
    "session_timezone": "UTC",
    "output_format_arrow_string_as_string": "1",
    "output_format_arrow_low_cardinality_as_dictionary": "0",
}

_TYPES = {
    pa.int64(): "Int64",
    pa.float64(): "Float64",
    pa.string(): "String",
    pa.bool_(): "Bool",
    pa.date32(): "Date32",
    pa.timestamp("us"): "DateTime64(6, 'UTC')",
}


class Link(Protocol):
    """A way to a ClickHouse engine."""

    def fetch(self, sql: str) -> pa.Table:
        """Run a query and give its rows."""

    def execute(self, sql: str) -> None:
        """Run a statement that gives no rows."""

    def insert(self, table: str, rows: pa.RecordBatchReader) -> None:
        """Append rows to a table."""

    def close(self) -> None:
        """End the link."""


def open_address(address: Address) -> ClickHouseEngine:
    """Open a server over HTTP or the engine inside this process.

    The forms are ``clickhouse://user:password@host:8123/database``,
    ``clickhouses://`` for TLS, and ``chdb://``.

    Raises
    ------
    EngineNotAvailableError
        If the driver is not installed or the server does not answer.
    """
    if address.scheme == "chdb":
        from cxstats.engine.clickhouse.embedded import EmbeddedLink  # noqa: PLC0415

        return ClickHouseEngine(EmbeddedLink())
    from cxstats.engine.clickhouse.server import ServerLink  # noqa: PLC0415

    return ClickHouseEngine(ServerLink(address))


class ClickHouseEngine(SqlEngine):
    """A ClickHouse engine.

    ``EngineTable`` reads a table where it is. Arrow data and Parquet files are
    copied, needed columns only, to temporary tables in memory.
    """

    name = "clickhouse"
    dialect = ClickHouseDialect()
    gaps = {
        "rule_tags into Parquet": "its server writes files only in its own folder",
    }

    def __init__(self, link: Link) -> None:
        self._lock = threading.RLock()
        self._link = link
        self._kept = ClickHouseSession(link)

    def close(self) -> None:
        """Drop the temporary tables and end the link."""
        with self._lock:
            self._link.close()

    def _session(self) -> AbstractContextManager[Session]:
        return self._lend()

    @contextmanager
    def _lend(self) -> Iterator[Session]:
        with self._lock:
            self._kept.tidy()
            yield self._kept


class ClickHouseSession:
    """The link and the temporary tables made over it."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._loaded = Loaded()
        self.fetch = link.fetch
        self.execute = link.execute

    def scan(self, source: BaseSource, names: Sequence[str]) -> Scan:
        """Read a table where it is; copy other sources to a temporary one."""
        if isinstance(source, EngineTable):
            text = ClickHouseDialect().table(source.parts)
            schema = self.fetch(f"SELECT * FROM {text} LIMIT 0").schema
            return Scan(text, {item.name: (item.name, item.type) for item in schema})
        rows = rows_of(source, names)
        columns = {
            name: (rows.inside[name], found) for name, found in rows.stored.items()
        }
        if not rows.wanted:
            return Scan("", columns)
        name = self._loaded.find(rows)
        if name is None:
            name = self._copy(rows)
        return Scan(name, columns)

    def tidy(self) -> None:
        """Drop copies that are no longer needed."""
        for name in self._loaded.surplus():
            self.execute(f"DROP TEMPORARY TABLE {name}")

    def _copy(self, rows: Rows) -> str:
        name = f"cxstats_{uuid4().hex}"
        listed = ", ".join(
            f"{item.name} Nullable({_TYPES[item.type]})" for item in rows.schema
        )
        self.execute(f"CREATE TEMPORARY TABLE {name} ({listed}) ENGINE = Memory")
        self._link.insert(name, rows.reader())
        self._loaded.keep(rows, name)
        return name
