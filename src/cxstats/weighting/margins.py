"""Targets: how many people the base has of each kind, checked before anything is made.

A margin is one column, or several together, with a target for every value. Values of
the data and of a file of targets meet by their text, so that 1, 1.0 and "1" are one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from cxstats.aggregates import to_number
from cxstats.engine import ArrowData, as_source, resolve_column
from cxstats.errors import InputError
from cxstats.estimates import Floats
from cxstats.files import open_tables

__all__ = [
    "Label",
    "Margin",
    "Targets",
    "cell_name",
    "label_of",
    "read_rows",
    "read_targets",
]

Label = str | None
"""The text of a value; None for a missing one."""

Targets = Mapping[Any, Mapping[Any, float]] | Any
"""Column (or tuple of columns) to value (or tuple of values) to target; or a table
or file with the columns ``variable``, ``value`` and ``target``."""

_JOINT = "*"
_SUM_TOLERANCE = 1e-6
_LOOKS_LIKE_SHARES = 1.5


def label_of(value: Any) -> Label:
    """Return the text by which a value is known; missing ones (NaN too) have none."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value).strip()
    if text.casefold() in {"true", "false"}:
        return text.casefold()
    return text or None


def cell_name(columns: tuple[str, ...], labels: tuple[Label, ...]) -> str:
    """Write a cell as ``region = 'North' and age = '18-29'``."""
    return " and ".join(
        f"{column} = {'(missing)' if label is None else repr(label)}"
        for column, label in zip(columns, labels, strict=True)
    )


@dataclass(frozen=True)
class Margin:
    """Targets of the values of one column, or of combinations of several.

    Parameters
    ----------
    columns
        One column or several.
    targets
        People per value: a tuple of texts, one per column.
    """

    columns: tuple[str, ...]
    targets: Mapping[tuple[Label, ...], float]

    @property
    def name(self) -> str:
        """The columns as one text."""
        return _JOINT.join(self.columns)

    @property
    def total(self) -> float:
        """Sum of the targets."""
        return math.fsum(self.targets.values())

    @property
    def is_shares(self) -> bool:
        """Whether the targets are shares of the base and not counts of people."""
        return self.total <= _LOOKS_LIKE_SHARES

    def scaled(self, total: float) -> Margin:
        """Return the same targets adding up to another total."""
        factor = total / self.total
        return Margin(self.columns, {k: t * factor for k, t in self.targets.items()})

    def matched(self, keys: list[tuple[Label, ...]], n: Floats) -> Floats:
        """Return the target of each value found in the data.

        Raises
        ------
        InputError
            If a value has no target or a target of 0, or a target has no answer; the
            message names it.
        """
        for key, rows in zip(keys, n, strict=True):
            if not self.targets.get(key, 0) > 0:
                raise InputError(_without_target(self, key, rows))
        found = set(keys)
        for key, target in self.targets.items():
            if target > 0 and key not in found:
                raise InputError(
                    f"no answer has {cell_name(self.columns, key)}, whose target is "
                    f"{target:g}; merge it with another value, or leave it out of the "
                    "targets and of the base"
                )
        return np.array([self.targets[key] for key in keys])


def _without_target(margin: Margin, key: tuple[Label, ...], rows: float) -> str:
    cell = cell_name(margin.columns, key)
    what = "a target of 0" if key in margin.targets else "no target"
    return (
        f"{rows:,.0f} answers have {cell}, which has {what}; give it a target above 0, "
        "merge it with another value, or leave these rows out by a filter"
    )


def read_rows(data: Any) -> pa.Table:
    """Read all columns of what people have into an Arrow table.

    Raises
    ------
    InputError
        If the rows lie in an engine, or cannot be read.
    """
    if isinstance(data, str | Path):
        return open_tables(data).to_arrow()
    source = as_source(data)
    if isinstance(source, ArrowData):
        return source.table
    if hasattr(source, "paths"):
        return open_tables(list(source.paths)).to_arrow()
    raise InputError(
        "rows that lie in an engine are not fetched; join the weights of the cells "
        "(.to_pandas()) to the table there"
    )


def read_targets(targets: Targets) -> tuple[Margin, ...]:
    """Read targets and give every margin the same total.

    Parameters
    ----------
    targets
        See `Targets`; in a table a joint margin is written ``a*b`` with values
        ``x*y``. With counts for one variable, shares of another take its total.

    Raises
    ------
    InputError
        If a target is not a number of 0 or more, shares do not add up to 1, or
        counts of two variables have different sums.
    """
    if isinstance(targets, Mapping):
        margins = [_from_mapping(name, values) for name, values in targets.items()]
    else:
        margins = _from_table(read_rows(targets))
    if not margins:
        raise InputError("no target was given; give people per value of a column")
    for margin in margins:
        _check(margin)
    counted = [margin for margin in margins if not margin.is_shares]
    total = counted[0].total if counted else 1.0
    for margin in counted[1:]:
        if abs(margin.total - total) > _SUM_TOLERANCE * total:
            raise InputError(
                f"the targets of {counted[0].name!r} add up to {total:g} people and "
                f"those of {margin.name!r} to {margin.total:g}; every variable must "
                "describe the same base"
            )
    return tuple(margin.scaled(total) for margin in margins)


def _check(margin: Margin) -> None:
    for key, target in margin.targets.items():
        if not (math.isfinite(target) and target >= 0):
            raise InputError(
                f"the target of {cell_name(margin.columns, key)} must be a number of "
                f"0 or more; received {target}"
            )
    total = margin.total
    if total <= 0 or (margin.is_shares and abs(total - 1) > _SUM_TOLERANCE):
        raise InputError(
            f"the targets of {margin.name!r} add up to {total:g}; shares must add up "
            "to 1, and counts of people to the size of the base"
        )


def _from_mapping(name: Any, values: Any) -> Margin:
    columns = (name,) if isinstance(name, str) else tuple(name)
    if not isinstance(values, Mapping):
        raise InputError(
            f"the targets of {name!r} must map each value to people or shares; "
            f"received {type(values).__name__}"
        )
    found = [(_key(key, columns), _target(key, t)) for key, t in values.items()]
    return Margin(columns, _unique(columns, found))


def _key(key: Any, columns: tuple[str, ...]) -> tuple[Label, ...]:
    parts = key if isinstance(key, tuple) else (key,)
    if len(parts) != len(columns):
        raise InputError(
            f"{key!r} names {len(parts)} values, but the margin has the columns "
            f"{', '.join(columns)}"
        )
    return tuple(label_of(part) for part in parts)


def _target(key: Any, target: Any) -> float:
    number = to_number(target)
    if number is None:
        raise InputError(f"the target of {key!r} is no number: {target!r}")
    return number


def _unique(
    columns: tuple[str, ...], found: list[tuple[tuple[Label, ...], float]]
) -> dict[tuple[Label, ...], float]:
    targets = dict(found)
    if len(targets) < len(found):
        keys = [key for key, _target in found]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise InputError(
            f"{cell_name(columns, twice)} has two targets; give each value one"
        )
    return targets


def _from_table(table: pa.Table) -> list[Margin]:
    names = [
        resolve_column(name, table.column_names)
        for name in ("variable", "value", "target")
    ]
    read: dict[str, list[tuple[Any, Any]]] = {}
    rows = table.select(names).to_pydict()
    for variable, value, target in zip(*(rows[name] for name in names), strict=True):
        name = label_of(variable)
        if name is None:
            raise InputError("a row of the targets names no variable")
        read.setdefault(name, []).append((value, target))
    return [_joint(name, values) for name, values in read.items()]


def _joint(name: str, values: list[tuple[Any, Any]]) -> Margin:
    columns = tuple(part.strip() for part in name.split(_JOINT))
    found = []
    for value, target in values:
        parts = value.split(_JOINT) if len(columns) > 1 else (value,)
        found.append((_key(tuple(parts), columns), _target(value, target)))
    return Margin(columns, _unique(columns, found))
