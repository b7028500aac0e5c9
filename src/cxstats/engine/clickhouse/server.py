"""A ClickHouse server over HTTP."""

from __future__ import annotations

import pyarrow as pa

from cxstats.engine.address import Address
from cxstats.engine.clickhouse.adapter import SETTINGS
from cxstats.errors import EngineError, EngineNotAvailableError

try:
    import clickhouse_connect
    from clickhouse_connect.driver.exceptions import ClickHouseError
except ImportError as error:
    raise EngineNotAvailableError(
        "the ClickHouse driver is not installed; run: pip install 'zhiyin[clickhouse]'"
    ) from error

__all__ = ["ServerLink"]


class ServerLink:
    """An HTTP session with a server; temporary tables live as long as it does.

    Raises
    ------
    EngineNotAvailableError
        If the server does not answer.
    """

    def __init__(self, address: Address) -> None:
        secure = address.scheme == "clickhouses"
        try:
            self._client = clickhouse_connect.get_client(
                host=address.host or "127.0.0.1",
                port=address.port or (8443 if secure else 8123),
                username=address.user or "default",
                password=address.password,
                database=address.path.strip("/") or "__default__",
                secure=secure,
                autogenerate_session_id=True,
                settings=dict(SETTINGS),
            )
        except (ClickHouseError, OSError) as error:
            raise EngineNotAvailableError(
                f"ClickHouse does not answer at {address.shown}: {_reason(error)}"
            ) from error

    def fetch(self, sql: str) -> pa.Table:
        """Run a query and give its rows."""
        try:
            return self._client.query_arrow(sql)
        except ClickHouseError as error:
            raise EngineError(f"ClickHouse failed: {_reason(error)}") from error

    def execute(self, sql: str) -> None:
        """Run a statement that gives no rows."""
        try:
            self._client.command(sql)
        except ClickHouseError as error:
            raise EngineError(f"ClickHouse failed: {_reason(error)}") from error

    def insert(self, table: str, rows: pa.RecordBatchReader) -> None:
        """Append rows to a table, batch by batch."""
        try:
            for batch in rows:
                self._client.insert_arrow(table, pa.Table.from_batches([batch]))
        except ClickHouseError as error:
            raise EngineError(f"ClickHouse failed: {_reason(error)}") from error

    def close(self) -> None:
        """End the HTTP session."""
        self._client.close()


def _reason(error: Exception) -> str:
    """Give the server's words without what follows, which may hold the statement."""
    return str(error).split("\n", 1)[0][:500]
