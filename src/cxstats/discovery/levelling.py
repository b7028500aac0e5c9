"""Differences already told, taken out of the scores of large groups.

Removing the rows of a group of a quarter of all customers would hide what else
matters to them. Such a group is levelled instead: its difference is subtracted from
its scores, so that it no longer stands out and the rest of the search goes on in it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from cxstats.discovery.conditions import Condition
from cxstats.engine import Bins, KeyLike
from cxstats.estimates import Floats

__all__ = ["Offset", "Offsets"]

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Offset:
    """A group and the difference, in coded values, that its scores are freed of."""

    conditions: tuple[Condition, ...]
    difference: float


@dataclass(frozen=True)
class Offsets:
    """Several offsets, and how to tell from an engine's keys whom they concern."""

    items: tuple[Offset, ...] = ()

    def __add__(self, offset: Offset) -> Offsets:
        """Level one more group."""
        return Offsets((*self.items, offset))

    def __bool__(self) -> bool:
        """Whether anybody is levelled."""
        return bool(self.items)

    def keys(self) -> list[KeyLike]:
        """Return the keys to group by beside others, one per column concerned."""
        return [
            Bins(column, _edges(found)) if _is_number(found) else column
            for column, found in self._columns().items()
        ]

    def of(self, columns: Sequence[pa.ChunkedArray], rows: int) -> Floats:
        """Return the sum of the differences that hold in each cell.

        Parameters
        ----------
        columns
            What the engine gave for `keys`.
        rows
            Cells.
        """
        known = {
            column: _Values(found, cells)
            for (column, found), cells in zip(
                self._columns().items(), columns, strict=True
            )
        }
        total = np.zeros(rows)
        for item in self.items:
            inside = np.ones(rows, dtype=bool)
            for condition in item.conditions:
                inside &= known[condition.column].holds(condition)
            total += item.difference * inside
        return total

    def _columns(self) -> dict[str, tuple[Condition, ...]]:
        found: dict[str, tuple[Condition, ...]] = {}
        for item in self.items:
            for condition in item.conditions:
                name = condition.column
                found[name] = (*found.get(name, ()), condition)
        return found


class _Values:
    """The values of one column's cells, as far as conditions on it can tell."""

    def __init__(
        self, conditions: tuple[Condition, ...], cells: pa.ChunkedArray
    ) -> None:
        self._is_number = _is_number(conditions)
        if self._is_number:
            # Every value of a bin fits a condition or none does: its edge tells.
            lowest = np.array([-math.inf, *_edges(conditions), math.nan])
            codes = pc.fill_null(cells, len(lowest) - 1).to_numpy()
            self._numbers = lowest[np.asarray(codes, dtype=np.int64)]
        else:
            if pa.types.is_dictionary(cells.type):
                cells = cells.cast(cells.type.value_type)
            self._texts = cells.cast(pa.string())

    def holds(self, condition: Condition) -> Flags:
        """Whether the condition is true, per cell."""
        if not self._is_number:
            value = condition.tests[0][1]
            wanted = str(value).lower() if isinstance(value, bool) else str(value)
            same = pc.fill_null(pc.equal(self._texts, wanted), fill_value=False)
            return np.asarray(same.to_numpy(), dtype=bool)
        inside: Flags = ~np.isnan(self._numbers)
        for operator, value in condition.tests:
            inside &= _COMPARE[operator](self._numbers, float(value or 0))
        return inside


_COMPARE: dict[str, Callable[[Floats, float], Flags]] = {
    "=": np.equal,
    ">=": np.greater_equal,
    "<": np.less,
    "<=": np.less_equal,
}


def _is_number(conditions: tuple[Condition, ...]) -> bool:
    value = conditions[0].tests[0][1]
    return isinstance(value, int | float) and not isinstance(value, bool)


def _edges(conditions: tuple[Condition, ...]) -> tuple[float, ...]:
    """Return the values at which the truth of any of the conditions changes."""
    edges: set[float] = set()
    for condition in conditions:
        for operator, value in condition.tests:
            number = float(value or 0)
            if operator != "<=":
                edges.add(number)
            if operator in {"=", "<="}:
                edges.add(math.nextafter(number, math.inf))
    return tuple(sorted(edges))
