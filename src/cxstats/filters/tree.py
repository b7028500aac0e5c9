"""The nodes of a filter: frozen, comparable, printable, knowing their columns."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass

from cxstats.errors import FilterError

__all__ = [
    "OPERATORS",
    "And",
    "Between",
    "Compare",
    "Contains",
    "Filter",
    "In",
    "IsNull",
    "Like",
    "Literal",
    "Not",
    "Or",
]

Literal = str | int | float | bool

OPERATORS = ("=", "!=", "<", "<=", ">", ">=")


class Filter(ABC):
    """A condition on one row, with SQL's three-valued logic.

    A row is kept where the condition is true; a NULL makes a comparison unknown,
    and ``not`` leaves unknown unknown. NaN is neither equal to, above nor below any
    number. Text that is no number is unequal to every number, and neither above nor
    below. Combine with ``&``, ``|`` and ``~``.
    """

    @abstractmethod
    def columns(self) -> tuple[str, ...]:
        """Names of the columns read, each once, in order of appearance."""

    @abstractmethod
    def to_text(self) -> str:
        """Write the filter so that ``parse_filter`` reads back an equal one."""

    def __and__(self, other: Filter) -> And:
        """Both conditions."""
        return And((self, other))

    def __or__(self, other: Filter) -> Or:
        """Either condition."""
        return Or((self, other))

    def __invert__(self) -> Not:
        """The opposite; unknown stays unknown."""
        return Not(self)


@dataclass(frozen=True)
class Compare(Filter):
    """A column compared with one value by ``= != < <= > >=``."""

    column: str
    operator: str
    value: Literal

    def __post_init__(self) -> None:
        """Refuse an operator or value that no engine could render."""
        if self.operator not in OPERATORS:
            known = " ".join(OPERATORS)
            raise FilterError(
                f"cannot compare with {self.operator!r}; use one of {known}"
            )
        _check_column(self.column)
        _check_literal(self.value)

    def columns(self) -> tuple[str, ...]:
        """The one column compared."""
        return (self.column,)

    def to_text(self) -> str:
        """``"column" = value``."""
        return f"{_column_text(self.column)} {self.operator} {_value_text(self.value)}"


@dataclass(frozen=True)
class In(Filter):
    """A column equal to one of some values; NULL is never in a list."""

    column: str
    values: tuple[Literal, ...]

    def __post_init__(self) -> None:
        """Refuse an empty list, which would silently keep nothing."""
        _check_column(self.column)
        if not self.values:
            raise FilterError(
                f"the list after {self.column!r} in (...) is empty; "
                "give at least one value"
            )
        for value in self.values:
            _check_literal(value)

    def columns(self) -> tuple[str, ...]:
        """The one column looked up."""
        return (self.column,)

    def to_text(self) -> str:
        """``"column" in (a, b)``."""
        listed = ", ".join(_value_text(value) for value in self.values)
        return f"{_column_text(self.column)} in ({listed})"


@dataclass(frozen=True)
class Between(Filter):
    """A column from ``low`` to ``high``, both included."""

    column: str
    low: Literal
    high: Literal

    def __post_init__(self) -> None:
        """Check the column and both bounds."""
        _check_column(self.column)
        _check_literal(self.low)
        _check_literal(self.high)

    def columns(self) -> tuple[str, ...]:
        """The one column bounded."""
        return (self.column,)

    def to_text(self) -> str:
        """``"column" between low and high``."""
        bounds = f"{_value_text(self.low)} and {_value_text(self.high)}"
        return f"{_column_text(self.column)} between {bounds}"


@dataclass(frozen=True)
class IsNull(Filter):
    """A column without a value."""

    column: str

    def __post_init__(self) -> None:
        """Check the column."""
        _check_column(self.column)

    def columns(self) -> tuple[str, ...]:
        """The one column examined."""
        return (self.column,)

    def to_text(self) -> str:
        """``"column" is null``."""
        return f"{_column_text(self.column)} is null"


@dataclass(frozen=True)
class Contains(Filter):
    """A text column in which ``text`` occurs, letter case respected."""

    column: str
    text: str

    def __post_init__(self) -> None:
        """Refuse an empty text, which every row would contain."""
        _check_column(self.column)
        _check_literal(self.text)
        if not self.text:
            raise FilterError(
                f"{self.column!r} contains '' would keep every row; give a text"
            )

    def columns(self) -> tuple[str, ...]:
        """The one column searched."""
        return (self.column,)

    def to_text(self) -> str:
        """``"column" contains 'text'``."""
        return f"{_column_text(self.column)} contains {_value_text(self.text)}"


@dataclass(frozen=True)
class Like(Filter):
    """A text column matching a pattern: ``%`` any text, ``_`` one character."""

    column: str
    pattern: str

    def __post_init__(self) -> None:
        """Check the column and the pattern."""
        _check_column(self.column)
        _check_literal(self.pattern)

    def columns(self) -> tuple[str, ...]:
        """The one column matched."""
        return (self.column,)

    def to_text(self) -> str:
        """``"column" like 'pattern'``."""
        return f"{_column_text(self.column)} like {_value_text(self.pattern)}"


@dataclass(frozen=True)
class Not(Filter):
    """The opposite of a condition."""

    operand: Filter

    def columns(self) -> tuple[str, ...]:
        """Columns of the operand."""
        return self.operand.columns()

    def to_text(self) -> str:
        """``not (operand)``."""
        return f"not ({self.operand.to_text()})"


@dataclass(frozen=True)
class And(Filter):
    """All of two or more conditions."""

    operands: tuple[Filter, ...]

    def __post_init__(self) -> None:
        """Refuse fewer than two operands."""
        _check_operands(self.operands)

    def columns(self) -> tuple[str, ...]:
        """Columns of all operands."""
        return _columns_of(self.operands)

    def to_text(self) -> str:
        """Operands joined by ``and``."""
        return " and ".join(_operand_text(item) for item in self.operands)


@dataclass(frozen=True)
class Or(Filter):
    """Any of two or more conditions."""

    operands: tuple[Filter, ...]

    def __post_init__(self) -> None:
        """Refuse fewer than two operands."""
        _check_operands(self.operands)

    def columns(self) -> tuple[str, ...]:
        """Columns of all operands."""
        return _columns_of(self.operands)

    def to_text(self) -> str:
        """Operands joined by ``or``."""
        return " or ".join(_operand_text(item) for item in self.operands)


def _check_operands(operands: tuple[Filter, ...]) -> None:
    if len(operands) < 2:  # noqa: PLR2004 - a conjunction of one is that one
        raise FilterError(f"and/or need two conditions; received {len(operands)}")


def _check_column(name: str) -> None:
    if not name.strip():
        raise FilterError("a filter names an empty column; give the column's name")
    if "\x00" in name:
        raise FilterError(f"column name {name!r} holds a NUL character; remove it")


def _check_literal(value: Literal) -> None:
    if isinstance(value, str) and "\x00" in value:
        raise FilterError(f"value {value!r} holds a NUL character; remove it")
    if isinstance(value, float) and not math.isfinite(value):
        raise FilterError(f"cannot compare with {value!r}; give a finite number")


def _columns_of(operands: Iterable[Filter]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for item in operands for name in item.columns()))


def _operand_text(item: Filter) -> str:
    text = item.to_text()
    return f"({text})" if isinstance(item, And | Or) else text


def _column_text(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _value_text(value: Literal) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return repr(value)
