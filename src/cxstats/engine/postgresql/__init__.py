"""PostgreSQL: rows that live there, or are few enough to be copied there."""

from __future__ import annotations

from cxstats.engine.postgresql.adapter import PostgreSQLEngine, open_address

__all__ = ["PostgreSQLEngine", "open_address"]
