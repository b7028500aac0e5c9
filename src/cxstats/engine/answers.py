"""Statements with the names and types of their answers; Arrow made alike."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from cxstats.errors import EngineError, InputError

__all__ = ["COUNT", "SUM", "Output", "Statement", "conform"]

COUNT = pa.int64()
SUM = pa.float64()


@dataclass(frozen=True)
class Output:
    """A column of an answer: its name, and its type unless the data decide."""

    name: str
    type: pa.DataType | None = None


@dataclass(frozen=True)
class Statement:
    """One SELECT and what it answers, column by column."""

    sql: str
    outputs: tuple[Output, ...]

    def __post_init__(self) -> None:
        """Refuse two columns of one name, which no caller could tell apart."""
        names = [output.name for output in self.outputs]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise InputError(
                f"the answer would have several columns named {twice}; "
                "rename the key: Column('x', name='x_key')"
            )


def conform(table: pa.Table, outputs: tuple[Output, ...]) -> pa.Table:
    """Give an engine's answer the names and types that every engine gives.

    Integers become int64, other numbers float64, text plain strings, timestamps
    microseconds of UTC without a zone.

    Raises
    ------
    EngineError
        If the answer has another number of columns than the statement.
    """
    if table.num_columns != len(outputs):
        raise EngineError(
            f"the engine answered {table.num_columns} columns instead of {len(outputs)}"
        )
    columns = [
        _conform_column(column, output)
        for column, output in zip(table.columns, outputs, strict=True)
    ]
    return pa.Table.from_arrays(columns, names=[output.name for output in outputs])


def _conform_column(column: pa.ChunkedArray, output: Output) -> pa.ChunkedArray:
    wanted = output.type or _common_type(column.type)
    if column.type == wanted:
        return column
    if pa.types.is_decimal(column.type) and pa.types.is_floating(wanted):
        column = column.cast(pa.string())  # Arrow's own way to double loses a bit.
    if pa.types.is_timestamp(column.type) and column.type.tz is not None:
        column = pc.local_timestamp(column.cast(pa.timestamp("us", tz="UTC")))
    return column.cast(wanted)


def _common_type(found: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(found):
        return _common_type(found.value_type)
    for tests, wanted in _COMMON:
        if any(test(found) for test in tests):
            return wanted
    return found


_COMMON = (
    ((pa.types.is_integer,), pa.int64()),
    ((pa.types.is_floating, pa.types.is_decimal), pa.float64()),
    (
        (
            pa.types.is_null,
            pa.types.is_large_string,
            pa.types.is_string_view,
            pa.types.is_binary,
            pa.types.is_large_binary,
        ),
        pa.string(),
    ),
    ((pa.types.is_timestamp,), pa.timestamp("us")),
    ((pa.types.is_date,), pa.date32()),
)
