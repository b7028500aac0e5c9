"""The embedded default: DuckDB in memory over Parquet files and Arrow tables."""

from __future__ import annotations

from cxstats.engine.duckdb.adapter import DuckDBEngine, open_address

__all__ = ["DuckDBEngine", "open_address"]
