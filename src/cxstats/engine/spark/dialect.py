"""Where Spark's SQL differs."""

from __future__ import annotations

from datetime import datetime

from cxstats.engine.dialect import Dialect

__all__ = ["SparkDialect"]


class SparkDialect(Dialect):
    """Spark 4 in its ANSI mode."""

    varchar = "STRING"

    def name(self, name: str) -> str:
        """Write an identifier."""
        return "`" + name.replace("`", "``") + "`"

    def text(self, value: str) -> str:
        """Write a text literal, in which the backslash escapes."""
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"

    def timestamp(self, value: datetime) -> str:
        """Write a timestamp literal without a zone."""
        written = value.isoformat(sep=" ", timespec="microseconds")
        return f"TIMESTAMP_NTZ '{written}'"

    def matches(self, sql: str, pattern: str) -> str:
        """Test against a regular expression, whose $ would allow a line break."""
        return f"{sql} RLIKE {self.text(pattern.removesuffix('$') + chr(92) + 'z')}"

    def contains(self, sql: str, text: str) -> str:
        """Test whether a text occurs in another."""
        return f"instr({sql}, {self.text(text)}) > 0"

    def length(self, sql: str) -> str:
        """Count the characters (not bytes) of a text."""
        return f"char_length({sql})"

    def like(self, sql: str, pattern: str) -> str:
        """Match ``%`` and ``_``; the backslash would escape, so it is doubled."""
        return super().like(sql, pattern.replace("\\", "\\\\"))

    def epoch_seconds(self, sql: str) -> str:
        """Seconds since 1970-01-01 of a UTC date or timestamp."""
        return f"unix_micros(CAST({sql} AS TIMESTAMP)) / 1000000"

    def create_table(self, parts: tuple[str, ...], select: str) -> str:
        """Write the statement that makes a table of a query's rows."""
        return f"CREATE TABLE {self.table(parts)} USING parquet AS {select}"
