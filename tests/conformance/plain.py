"""The same answers by plain loops, and the comparison with an engine's."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

Row = dict[str, Any]
_NUMBER = re.compile(r" *[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)? *", re.ASCII)


def rows(table: pa.Table) -> list[Row]:
    return table.to_pylist()


def number(value: Any) -> float | None:
    """Give the finite number that a value is, if it is one."""
    if value is None:
        return None
    if isinstance(value, str):
        return float(value) if _NUMBER.fullmatch(value) else None
    return float(value) if math.isfinite(value) else None


def moment(text: str) -> datetime:
    """Give a moment as it is stored, UTC without a zone."""
    return datetime.fromisoformat(text)


def weight(value: Any) -> float | None:
    found = number(value)
    return found if found is not None and found > 0 else None


def bin_of(value: float | None, edges: Sequence[Any]) -> int | None:
    return None if value is None else sum(edge <= value for edge in edges)


def grouped(
    data: Iterable[Row],
    key: Callable[[Row], tuple[Any, ...]],
    answer: Callable[[list[Row]], tuple[Any, ...]],
) -> list[tuple[Any, ...]]:
    """Answer per distinct key."""
    groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    kept: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for row in data:
        found = key(row)
        groups[_key(found)].append(row)
        kept[_key(found)] = found
    return [(*kept[name], *answer(group)) for name, group in groups.items()]


def weight_sums(group: list[Row], column: str) -> tuple[int, float, float]:
    usable = [w for row in group if (w := weight(row[column])) is not None]
    return len(usable), math.fsum(usable), math.fsum(w * w for w in usable)


def assert_same(
    table: pa.Table, expected: Iterable[Sequence[Any]], keys: int, columns: list[str]
) -> None:
    """Compare an engine's table with plain rows, whose first ``keys`` identify."""
    assert table.column_names == columns
    found = [tuple(row.values()) for row in table.to_pylist()]
    wanted = [tuple(row) for row in expected]
    by_key = {_key(row[:keys]): row[keys:] for row in found}
    assert len(by_key) == len(found), "a group appears twice"
    assert set(by_key) == {_key(row[:keys]) for row in wanted}
    for row in wanted:
        for got, want in zip(by_key[_key(row[:keys])], row[keys:], strict=True):
            if isinstance(want, float):
                assert got == pytest.approx(want, rel=1e-9, abs=1e-9), row
            else:
                assert got == want, row


def _key(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(_comparable(value) for value in values)


def _comparable(value: Any) -> Any:
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, float):
        return "NaN" if math.isnan(value) else ("number", value + 0.0)
    if isinstance(value, bool):
        return ("truth", value)
    return ("number", float(value)) if isinstance(value, int) else value
