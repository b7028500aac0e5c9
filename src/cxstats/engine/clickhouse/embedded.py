"""ClickHouse's own engine inside this process, for tests and experiments."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from cxstats.engine.clickhouse.adapter import SETTINGS
from cxstats.engine.clickhouse.dialect import ClickHouseDialect
from cxstats.errors import EngineError, EngineNotAvailableError

try:
    import chdb
except ImportError as error:
    raise EngineNotAvailableError(
        "ClickHouse's embedded engine is not installed; run: pip install chdb"
    ) from error

__all__ = ["EmbeddedLink"]


class EmbeddedLink:
    """A connection to the engine in memory; rows arrive through temporary Parquet."""

    def __init__(self) -> None:
        self._connection = chdb.connect(":memory:")
        for name, value in SETTINGS.items():
            self.execute(f"SET {name} = '{value}'")

    def fetch(self, sql: str) -> pa.Table:
        """Run a query and give its rows."""
        try:
            return self._connection.query(sql, "ArrowTable")
        except (RuntimeError, chdb.ChdbError) as error:
            raise EngineError(f"ClickHouse failed: {error}") from error

    def execute(self, sql: str) -> None:
        """Run a statement that gives no rows."""
        try:
            self._connection.query(sql, "CSV")
        except (RuntimeError, chdb.ChdbError) as error:
            raise EngineError(f"ClickHouse failed: {error}") from error

    def insert(self, table: str, rows: pa.RecordBatchReader) -> None:
        """Append rows to a table."""
        with tempfile.TemporaryDirectory(prefix="cxstats-") as folder:
            path = str(Path(folder) / "rows.parquet")
            with pq.ParquetWriter(path, rows.schema) as writer:
                for batch in rows:
                    writer.write_batch(batch)
            file = f"file({ClickHouseDialect().text(path)}, Parquet)"
            self.execute(f"INSERT INTO {table} SELECT * FROM {file}")

    def close(self) -> None:
        """End the connection."""
        self._connection.close()
