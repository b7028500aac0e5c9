"""A source as SQL sees it: a FROM text and the columns it offers, each of a kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa

from cxstats.engine.sources import resolve_column

__all__ = ["ColumnRef", "Kind", "Relation", "kind_of"]


class Kind(StrEnum):
    """What a column holds, as far as a primitive must know."""

    INTEGER = "integer"
    FLOATING = "floating"
    DECIMAL = "decimal"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"
    OTHER = "other"

    @property
    def is_number(self) -> bool:
        """Whether values are numbers."""
        return self in {Kind.INTEGER, Kind.FLOATING, Kind.DECIMAL}

    @property
    def is_time(self) -> bool:
        """Whether values are dates or timestamps."""
        return self in {Kind.DATE, Kind.TIMESTAMP}


def kind_of(arrow_type: pa.DataType) -> Kind:
    """Kind of an Arrow type; an all-NULL column counts as text."""
    if pa.types.is_dictionary(arrow_type):
        return kind_of(arrow_type.value_type)
    for test, kind in _TESTS:
        if test(arrow_type):
            return kind
    return Kind.OTHER


_TESTS = (
    (pa.types.is_integer, Kind.INTEGER),
    (pa.types.is_floating, Kind.FLOATING),
    (pa.types.is_decimal, Kind.DECIMAL),
    (pa.types.is_string, Kind.TEXT),
    (pa.types.is_large_string, Kind.TEXT),
    (pa.types.is_string_view, Kind.TEXT),
    (pa.types.is_null, Kind.TEXT),
    (pa.types.is_boolean, Kind.BOOLEAN),
    (pa.types.is_date, Kind.DATE),
    (pa.types.is_timestamp, Kind.TIMESTAMP),
)


@dataclass(frozen=True)
class ColumnRef:
    """One column: its stored name, the SQL that reads it, what it holds."""

    name: str
    sql: str
    kind: Kind


@dataclass(frozen=True)
class Relation:
    """Rows to read from: a FROM item with its alias, and its columns by stored name."""

    text: str
    columns: Mapping[str, ColumnRef]

    def column(self, name: str) -> ColumnRef:
        """Column meant by ``name``, spaces around it aside.

        Raises
        ------
        ColumnNotFoundError
            If there is none.
        """
        return self.columns[resolve_column(name, self.columns)]
