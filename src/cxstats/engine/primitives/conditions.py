"""Filters as SQL conditions, by the kind of each column they read."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime

from cxstats.engine.dialect import NUMBER_PATTERN, Dialect
from cxstats.engine.relation import ColumnRef, Kind, Relation
from cxstats.errors import FilterError
from cxstats.filters import (
    And,
    Between,
    Compare,
    Contains,
    Filter,
    In,
    IsNull,
    Like,
    Literal,
    Not,
    Or,
)

__all__ = ["condition", "where"]


def where(
    kept: Filter | None, relation: Relation, dialect: Dialect, *conditions: str
) -> str:
    """Write the WHERE clause of a filter and of conditions already written."""
    written = [*conditions]
    if kept is not None:
        written.append(condition(kept, relation, dialect))
    return f" WHERE {' AND '.join(written)}" if written else ""


def condition(filter_: Filter, relation: Relation, dialect: Dialect) -> str:
    """Write a filter as a condition in parentheses.

    Raises
    ------
    ColumnNotFoundError
        If the filter names a column that is not there.
    FilterError
        If a value cannot be compared with what its column holds.
    """
    if isinstance(filter_, And | Or):
        word = " AND " if isinstance(filter_, And) else " OR "
        parts = [condition(item, relation, dialect) for item in filter_.operands]
        return "(" + word.join(parts) + ")"
    if isinstance(filter_, Not):
        return f"(NOT {condition(filter_.operand, relation, dialect)})"
    column = relation.column(filter_.columns()[0])
    return "(" + _test(filter_, column, dialect) + ")"


def _test(filter_: Filter, column: ColumnRef, dialect: Dialect) -> str:
    match filter_:
        case IsNull():
            return f"{column.sql} IS NULL"
        case Contains(text=text):
            return dialect.contains(_as_text(column, "contains", dialect), text)
        case Like(pattern=pattern):
            return dialect.like(_as_text(column, "like", dialect), pattern)
        case In(values=values):
            return _equals(column, values, dialect)
        case Between(low=low, high=high):
            above = _ordered(column, ">=", low, dialect)
            return f"{above} AND {_ordered(column, '<=', high, dialect)}"
        case Compare():
            return _compared(filter_, column, dialect)
    raise FilterError(f"no engine knows the condition {type(filter_).__name__}")


def _compared(filter_: Compare, column: ColumnRef, dialect: Dialect) -> str:
    if filter_.operator == "=":
        return _equals(column, (filter_.value,), dialect)
    if filter_.operator == "!=":
        return f"NOT ({_equals(column, (filter_.value,), dialect)})"
    return _ordered(column, filter_.operator, filter_.value, dialect)


def _equals(column: ColumnRef, values: tuple[Literal, ...], dialect: Dialect) -> str:
    if column.kind is not Kind.TEXT:
        listed = [_literal(column, value, dialect) for value in values]
        return dialect.one_of(column.sql, listed)
    texts = [value for value in values if isinstance(value, str)]
    numbers = [value for value in values if not isinstance(value, str)]
    tests = []
    if texts:
        tests.append(dialect.one_of(column.sql, [dialect.text(item) for item in texts]))
    if numbers:
        listed = [_number(column, value, dialect) for value in numbers]
        equal = dialect.one_of(dialect.as_double(column), listed)
        # Text that is no number differs from every number: false, not unknown,
        # so that "not in (98, 99)" keeps it.
        tests.append(
            f"CASE WHEN {column.sql} IS NULL THEN NULL "
            f"WHEN {equal} THEN TRUE ELSE FALSE END"
        )
    return " OR ".join(f"({test})" for test in tests)


def _ordered(column: ColumnRef, operator: str, value: Literal, dialect: Dialect) -> str:
    if column.kind is not Kind.TEXT:
        test = f"{column.sql} {operator} {_literal(column, value, dialect)}"
        if column.kind is Kind.FLOATING and operator.startswith(">"):
            # Most engines hold NaN above every number, ClickHouse does not.
            test = f"({test} AND {column.sql} <= {dialect.number(math.inf)})"
        return test
    if isinstance(value, str):
        return f"{dialect.collated(column.sql)} {operator} {dialect.text(value)}"
    number = _number(column, value, dialect)
    return f"{dialect.as_double(column)} {operator} {number}"


def _literal(column: ColumnRef, value: Literal, dialect: Dialect) -> str:
    if column.kind.is_number:
        return _number(column, value, dialect)
    if column.kind.is_time:
        return dialect.moment(_moment(column, value), column.kind)
    if column.kind is Kind.BOOLEAN:
        if not isinstance(value, bool):
            raise FilterError(
                f"column {column.name!r} holds true and false; got {value!r}"
            )
        return dialect.boolean(value)
    raise FilterError(
        f"column {column.name!r} holds neither text, numbers, times nor truth values; "
        "it can only be compared with null"
    )


def _number(column: ColumnRef, value: Literal, dialect: Dialect) -> str:
    if isinstance(value, bool):
        raise FilterError(f"column {column.name!r} is not true or false; got {value}")
    if isinstance(value, str):
        if not re.match(NUMBER_PATTERN, value):
            raise FilterError(
                f"column {column.name!r} holds numbers; {value!r} is not a number"
            )
        return dialect.number(float(value))
    return dialect.number(value)


def _moment(column: ColumnRef, value: Literal) -> datetime:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise FilterError(
            f"column {column.name!r} holds times; write {value!r} "
            "as '2026-03-31' or '2026-03-31 18:00'"
        ) from error
    if moment.tzinfo is None:
        return moment
    return moment.astimezone(UTC).replace(tzinfo=None)


def _as_text(column: ColumnRef, word: str, dialect: Dialect) -> str:
    if column.kind is Kind.TEXT:
        return column.sql
    if column.kind is Kind.INTEGER:
        return dialect.cast(column.sql, dialect.varchar)
    raise FilterError(
        f"{word} needs a text column; {column.name!r} holds {column.kind}"
    )
