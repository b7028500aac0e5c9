"""Where PostgreSQL's SQL differs."""

from __future__ import annotations

from cxstats.engine.dialect import Dialect

__all__ = ["PostgreSQLDialect"]


class PostgreSQLDialect(Dialect):
    """PostgreSQL 14 and later."""

    double = "double precision"
    varchar = "text"

    def matches(self, sql: str, pattern: str) -> str:
        """Test a text against a regular expression."""
        return f"{sql} ~ {self.text(pattern)}"

    def parsed(self, sql: str) -> str:
        """Turn a text known to look like a number into a double."""
        return self.cast(f"trim({sql})", self.double)

    def length(self, sql: str) -> str:
        """Count the characters (not bytes) of a text."""
        return f"char_length({sql})"

    def like(self, sql: str, pattern: str) -> str:
        """Match ``%`` and ``_``; the backslash would escape, so it is doubled."""
        return super().like(sql, pattern.replace("\\", "\\\\"))

    def collated(self, sql: str) -> str:
        """Order a text by its bytes, whatever the database's locale."""
        return f'{sql} COLLATE "C"'

    def epoch_seconds(self, sql: str) -> str:
        """Seconds since 1970-01-01 of a UTC date or timestamp."""
        return self.cast(f"extract(epoch FROM {sql})", self.double)
