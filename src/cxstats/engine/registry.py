"""From a URL to an engine; a new kind is one folder and one line here."""

from __future__ import annotations

from importlib import import_module

from cxstats.engine.address import parse_address
from cxstats.engine.base import Engine
from cxstats.errors import EngineNotAvailableError

__all__ = ["KINDS", "open_engine"]

KINDS = {
    "duckdb": "cxstats.engine.duckdb",
    "postgresql": "cxstats.engine.postgresql",
    "postgres": "cxstats.engine.postgresql",
    "spark": "cxstats.engine.spark",
    "local": "cxstats.engine.spark",
    "sc": "cxstats.engine.spark",
    "clickhouse": "cxstats.engine.clickhouse",
    "clickhouses": "cxstats.engine.clickhouse",
    "chdb": "cxstats.engine.clickhouse",
}


def open_engine(url: str | None = None) -> Engine:
    """Open an engine by its address.

    Parameters
    ----------
    url
        ``None`` or ``duckdb://`` for the embedded engine in memory, with options
        ``?memory_limit=4GB&threads=2&temp_directory=/data/tmp``;
        ``postgresql://user:password@host/database``; ``spark://host:7077``,
        ``local[2]`` or ``sc://host:15002`` (Spark Connect);
        ``clickhouse://user:password@host:8123/database`` (``clickhouses://`` with
        TLS); ``chdb://`` for ClickHouse's engine inside this process.

    Raises
    ------
    EngineNotAvailableError
        If no engine has that scheme, its driver is not installed, or the address
        does not answer; the message says what to do.
    InputError
        If the address cannot be read.
    """
    address = parse_address(url or "duckdb://")
    module = KINDS.get(address.scheme)
    if module is None:
        known = ", ".join(sorted(KINDS))
        raise EngineNotAvailableError(
            f"no engine answers to {address.scheme!r}; known are {known}"
        )
    engine: Engine = import_module(module).open_address(address)
    return engine
