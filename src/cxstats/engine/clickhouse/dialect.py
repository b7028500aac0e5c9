"""Where ClickHouse's SQL differs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cxstats.engine.dialect import Dialect

__all__ = ["ClickHouseDialect"]

_INT64 = range(-(2**63), 2**63)


class ClickHouseDialect(Dialect):
    """ClickHouse 24.10 and later."""

    double = "Nullable(Float64)"
    bigint = "Int64"
    varchar = "Nullable(String)"

    def name(self, name: str) -> str:
        """Write an identifier, in which the backslash escapes."""
        return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"

    def text(self, value: str) -> str:
        """Write a text literal, in which the backslash escapes."""
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"

    def number(self, value: float) -> str:
        """Write a number; as a literal, because parsing text may lose a bit."""
        if isinstance(value, int) and value in _INT64:
            return str(value)
        return f"toFloat64({float(value)!r})"

    def date(self, value: datetime) -> str:
        """Write a date literal of the wide range."""
        return f"toDate32('{value:%Y-%m-%d}')"

    def timestamp(self, value: datetime) -> str:
        """Write a UTC timestamp literal in microseconds."""
        written = value.isoformat(sep=" ", timespec="microseconds")
        return f"toDateTime64('{written}', 6, 'UTC')"

    def nullable(self, type_name: str) -> str:
        """Name the type that may hold NULL."""
        if type_name.startswith("Nullable"):
            return type_name
        return f"Nullable({type_name})"

    def one_of(self, sql: str, listed: Sequence[str]) -> str:
        """Test equality with any; IN alone calls NULL different, not unknown."""
        if len(listed) == 1:
            return f"{sql} = {listed[0]}"
        return f"if(isNull({sql}), NULL, {sql} IN ({', '.join(listed)}))"

    def matches(self, sql: str, pattern: str) -> str:
        """Test a text against a regular expression."""
        return f"match({sql}, {self.text(pattern)})"

    def parsed(self, sql: str) -> str:
        """Turn a text known to look like a number into a double."""
        return f"toFloat64OrNull(trim({sql}))"

    def contains(self, sql: str, text: str) -> str:
        """Test whether a text occurs in another."""
        return f"position({sql}, {self.text(text)}) > 0"

    def length(self, sql: str) -> str:
        """Count the characters (not bytes) of a text."""
        return f"lengthUTF8({sql})"

    def like(self, sql: str, pattern: str) -> str:
        """Match ``%`` and ``_``; the backslash would escape, so it is doubled."""
        return super().like(sql, pattern.replace("\\", "\\\\"))

    def lag(self, sql: str) -> str:
        """Give the previous row's value; without Nullable it would be 0, not NULL."""
        return f"lag(toNullable({sql}))"

    def epoch_seconds(self, sql: str) -> str:
        """Seconds since 1970-01-01 of a UTC date or timestamp."""
        wide = f"toDateTime64({sql}, 6, 'UTC')"
        return f"toUnixTimestamp64Micro({wide}) / 1000000"

    def create_table(self, parts: tuple[str, ...], select: str) -> str:
        """Write the statement that makes a table of a query's rows."""
        return (
            f"CREATE TABLE {self.table(parts)} ENGINE = MergeTree ORDER BY tuple() "
            f"AS {select}"
        )
