"""The words in which SQL dialects differ; everything else is written once.

The base class speaks standard SQL as DuckDB and PostgreSQL read it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cxstats.engine.relation import ColumnRef, Kind

__all__ = ["LARGEST_FINITE", "Dialect"]

LARGEST_FINITE = 1.7976931348623157e308
_INT64 = range(-(2**63), 2**63)

# A decimal number that fits a double, in every engine's regex flavour.
NUMBER_PATTERN = (
    "^ *[-+]?([0-9]{1,40}[.]?[0-9]{0,40}|[.][0-9]{1,40})([eE][-+]?[0-9]{1,2})? *$"
)


class Dialect:
    """How one engine writes names, values and the few functions that differ."""

    double = "DOUBLE"
    bigint = "BIGINT"
    varchar = "VARCHAR"

    def name(self, name: str) -> str:
        """Write an identifier."""
        return '"' + name.replace('"', '""') + '"'

    def text(self, value: str) -> str:
        """Write a text literal."""
        return "'" + value.replace("'", "''") + "'"

    def number(self, value: float) -> str:
        """Write a number: an integer as it is, any other as an exact double."""
        if isinstance(value, int) and value in _INT64:
            return str(value)
        return f"CAST('{float(value)!r}' AS {self.double})"

    def boolean(self, value: bool) -> str:  # noqa: FBT001 - the value itself
        """Write a truth value."""
        return "TRUE" if value else "FALSE"

    def moment(self, value: datetime, kind: Kind) -> str:
        """Write a date for a date column where it is a midnight, else a timestamp."""
        if kind is Kind.DATE and value == datetime(value.year, value.month, value.day):  # noqa: DTZ001 - naive UTC
            return self.date(value)
        return self.timestamp(value)

    def date(self, value: datetime) -> str:
        """Write a date literal."""
        return f"DATE '{value:%Y-%m-%d}'"

    def timestamp(self, value: datetime) -> str:
        """Write a timestamp literal without a zone."""
        return f"TIMESTAMP '{value.isoformat(sep=' ', timespec='microseconds')}'"

    def cast(self, sql: str, type_name: str) -> str:
        """Turn an expression into another type."""
        return f"CAST({sql} AS {type_name})"

    def one_of(self, sql: str, listed: Sequence[str]) -> str:
        """Test equality with any of some values; unknown for NULL."""
        if len(listed) == 1:
            return f"{sql} = {listed[0]}"
        return f"{sql} IN ({', '.join(listed)})"

    def nullable(self, type_name: str) -> str:
        """Name the type that may hold NULL."""
        return type_name

    def matches(self, sql: str, pattern: str) -> str:
        """Test a text against a regular expression."""
        return f"regexp_matches({sql}, {self.text(pattern)})"

    def parsed(self, sql: str) -> str:
        """Turn a text known to look like a number into a double."""
        return f"TRY_CAST(trim({sql}) AS {self.double})"

    def contains(self, sql: str, text: str) -> str:
        """Test whether a text occurs in another."""
        return f"strpos({sql}, {self.text(text)}) > 0"

    def length(self, sql: str) -> str:
        """Count the characters (not bytes) of a text."""
        return f"length({sql})"

    def like(self, sql: str, pattern: str) -> str:
        """Match ``%`` and ``_``; every other character stands for itself."""
        return f"{sql} LIKE {self.text(pattern)}"

    def collated(self, sql: str) -> str:
        """Order a text by its bytes, whatever the database's locale."""
        return sql

    def lag(self, sql: str) -> str:
        """Give the previous row's value, NULL where there is none."""
        return f"lag({sql})"

    def epoch_seconds(self, sql: str) -> str:
        """Seconds since 1970-01-01 of a UTC date or timestamp."""
        return f"epoch({sql})"

    def table(self, parts: tuple[str, ...]) -> str:
        """Write the name of a table with its schema."""
        return ".".join(self.name(part) for part in parts)

    def total(self, sql: str) -> str:
        """Sum integers to a 64-bit integer, zero where there is nothing."""
        return self.cast(f"coalesce(sum({sql}), 0)", self.bigint)

    def create_table(self, parts: tuple[str, ...], select: str) -> str:
        """Write the statement that makes a table of a query's rows."""
        return f"CREATE TABLE {self.table(parts)} AS {select}"

    def as_double(self, column: ColumnRef) -> str:
        """Read a column as a finite double; NULL where it is not a number."""
        if column.kind is Kind.TEXT:
            looks = self.matches(column.sql, NUMBER_PATTERN)
            raw = f"CASE WHEN {looks} THEN {self.parsed(column.sql)} END"
        elif column.kind is Kind.BOOLEAN:
            digit = f"CASE WHEN {column.sql} THEN 1 WHEN NOT {column.sql} THEN 0 END"
            return self.cast(digit, self.double)
        else:
            raw = self.cast(column.sql, self.double)
        if column.kind is Kind.INTEGER:
            return raw
        bound = self.number(LARGEST_FINITE)
        lowest = self.number(-LARGEST_FINITE)
        return f"CASE WHEN {raw} BETWEEN {lowest} AND {bound} THEN {raw} END"

    def as_stored(self, column: ColumnRef) -> str:
        """Read a column as it is, decimals as doubles so that all engines agree."""
        if column.kind is Kind.DECIMAL:
            return self.cast(column.sql, self.double)
        return column.sql
