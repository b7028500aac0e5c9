"""Conditions of a slice: what is said of one column, as a filter and in parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cxstats.filters import And, Compare, Filter, IsNull, Literal, Not, Or

__all__ = ["Condition", "both", "holds", "is_known", "outside"]

_EQUAL, _NULL = "=", "is null"


def both(*filters: Filter | None) -> Filter | None:
    """Return the filter that holds where all of those given hold."""
    given = [item for item in filters if item is not None]
    if not given:
        return None
    return given[0] if len(given) == 1 else And(tuple(given))


@dataclass(frozen=True)
class Condition:
    """What is said of one column.

    Parameters
    ----------
    column
        Name of the column.
    tests
        Pairs of operator (``=``, ``>=``, ``<``, ``<=``, ``is null``) and value; both
        ends of a range are two tests.
    """

    column: str
    tests: tuple[tuple[str, Literal | None], ...]

    @classmethod
    def equal(cls, column: str, value: Literal) -> Condition:
        """Require one value."""
        return cls(column, ((_EQUAL, value),))

    @classmethod
    def missing(cls, column: str) -> Condition:
        """Require that there is no value."""
        return cls(column, ((_NULL, None),))

    @classmethod
    def between(
        cls, column: str, low: float | None, high: float | None, *, whole: bool
    ) -> Condition:
        """Require ``low`` or more and less than ``high``; None leaves an end open."""
        tests: list[tuple[str, Literal | None]] = []
        if low is not None:
            tests.append((">=", int(low) if whole else float(low)))
        if high is not None:
            # Whole numbers below 6 are those up to 5, which reads better.
            tests.append(("<=", int(high) - 1) if whole else ("<", float(high)))
        if len(tests) == 2 and tests[0][1] == tests[1][1]:  # noqa: PLR2004 - both ends
            return cls.equal(column, tests[0][1] or 0)
        return cls(column, tuple(tests))

    @property
    def is_coverage(self) -> bool:
        """Whether it is the absence of a value that is asked."""
        return self.tests[0][0] == _NULL

    @property
    def low(self) -> Any:
        """Least value that the condition allows; None where it is open below."""
        named = dict(self.tests)
        return named.get(_EQUAL, named.get(">="))

    @property
    def is_open_above(self) -> bool:
        """Whether every larger value fits too."""
        return [operator for operator, _ in self.tests] == [">="]

    def to_filter(self) -> Filter:
        """Return the condition as a filter."""
        made = both(*(self._test(operator, value) for operator, value in self.tests))
        assert made is not None  # noqa: S101 - a condition has a test
        return made

    def _test(self, operator: str, value: Literal | None) -> Filter:
        if value is None:
            return IsNull(self.column)
        return Compare(self.column, operator, value)

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return one entry per test with the keys of the command line's JSON."""
        return [
            {"column": self.column, "op": operator, "value": value}
            for operator, value in self.tests
        ]


def holds(conditions: Sequence[Condition]) -> Filter | None:
    """Return the filter of the rows where all conditions hold."""
    return both(*(condition.to_filter() for condition in conditions))


def is_known(conditions: Sequence[Condition]) -> Filter | None:
    """Return the filter of the rows with a value wherever a value is tested."""
    tested = [item.column for item in conditions if not item.is_coverage]
    return both(*(Not(IsNull(column)) for column in tested))


def outside(conditions: Sequence[Condition]) -> Filter:
    """Return the filter of all other rows, those without a value among them."""
    parts: list[Filter] = []
    for condition in conditions:
        parts.append(Not(condition.to_filter()))
        if not condition.is_coverage:
            parts.append(IsNull(condition.column))
    return parts[0] if len(parts) == 1 else Or(tuple(parts))
