"""ClickHouse: a server over HTTP, or its engine inside this process (chdb)."""

from __future__ import annotations

from cxstats.engine.clickhouse.adapter import ClickHouseEngine, open_address

__all__ = ["ClickHouseEngine", "open_address"]
