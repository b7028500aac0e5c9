"""The parts that primitives share: grouping keys, weights, the rows they read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from cxstats.engine.answers import Output
from cxstats.engine.dialect import LARGEST_FINITE, Dialect
from cxstats.engine.keys import Bins, Column, Key, KeyLike, PeriodBucket, as_keys
from cxstats.engine.primitives.conditions import where
from cxstats.engine.relation import ColumnRef, Kind, Relation
from cxstats.errors import InputError
from cxstats.filters import Filter

__all__ = ["Grouping", "grouped", "key_sql", "projected", "stored", "usable_weight"]


@dataclass
class Grouping:
    """The keys that a statement groups by, in order, as aliases k0, k1, ..."""

    items: dict[str, str] = field(default_factory=dict)
    outputs: list[Output] = field(default_factory=list)

    @classmethod
    def by(cls, keys: Iterable[KeyLike], relation: Relation, dialect: Dialect) -> Self:
        """Start with the keys of a query."""
        grouping = cls()
        for key in as_keys(keys):
            grouping.add(Output(key.name), key_sql(key, relation, dialect))
        return grouping

    def add(self, output: Output, sql: str) -> None:
        """Group by one more expression."""
        self.items[f"k{len(self.items)}"] = sql
        self.outputs.append(output)

    @property
    def aliases(self) -> tuple[str, ...]:
        """The aliases of the keys."""
        return tuple(self.items)


def projected(
    items: Mapping[str, str],
    relation: Relation,
    dialect: Dialect,
    kept: Filter | None,
    *conditions: str,
) -> str:
    """Write the inner query: named expressions over the rows kept.

    Grouping happens outside of it, by alias, because engines disagree on whether
    GROUP BY and WHERE may see the aliases of their own SELECT.
    """
    listed = ", ".join(f"{sql} AS {alias}" for alias, sql in items.items())
    clause = where(kept, relation, dialect, *conditions)
    return f"(SELECT {listed} FROM {relation.text}{clause}) AS t"


def grouped(keys: Sequence[str], aggregates: Sequence[str], inner: str) -> str:
    """Write the outer query: aggregates of the inner rows by key aliases."""
    listed = ", ".join([*keys, *aggregates])
    if not keys:
        return f"SELECT {listed} FROM {inner}"
    return f"SELECT {listed} FROM {inner} GROUP BY {', '.join(keys)}"


def key_sql(key: Key, relation: Relation, dialect: Dialect) -> str:
    """Write the expression of a grouping key.

    Raises
    ------
    InputError
        If the column does not hold what the key cuts.
    """
    column = relation.column(key.column)
    match key:
        case Column():
            return stored(column, dialect)
        case Bins(edges=edges):
            if column.kind.is_time or column.kind is Kind.OTHER:
                raise InputError(
                    f"bins need numbers; {column.name!r} holds {column.kind}"
                )
            bounds = [dialect.number(float(edge)) for edge in edges]
            return _cut(dialect.as_double(column), bounds, key.labels, dialect)
        case PeriodBucket():
            if not column.kind.is_time:
                raise InputError(
                    f"periods need a date or timestamp; {column.name!r} holds "
                    f"{column.kind}"
                )
            bounds = [dialect.moment(edge, column.kind) for edge in key.instants]
            return _cut(column.sql, bounds, key.labels, dialect)


def stored(column: ColumnRef, dialect: Dialect) -> str:
    """Write a column to group by or to list.

    Raises
    ------
    InputError
        If its values are lists, structures or bytes.
    """
    if column.kind is Kind.OTHER:
        raise InputError(
            f"column {column.name!r} holds neither text, numbers, times nor truth "
            "values; choose another or convert it"
        )
    return dialect.as_stored(column)


def usable_weight(name: str | None, relation: Relation, dialect: Dialect) -> str:
    """Write the weight where it is usable (finite and above zero), else NULL.

    Raises
    ------
    InputError
        If the weight column holds times or truth values.
    """
    if name is None:
        return dialect.number(1.0)
    column = relation.column(name)
    if not column.kind.is_number and column.kind is not Kind.TEXT:
        raise InputError(
            f"weights are numbers; column {column.name!r} holds {column.kind}"
        )
    if column.kind is Kind.TEXT:
        weight = dialect.as_double(column)
    else:
        weight = dialect.cast(column.sql, dialect.double)
    bound = dialect.number(LARGEST_FINITE)
    return f"CASE WHEN {weight} > 0 AND {weight} <= {bound} THEN {weight} END"


def _cut(
    sql: str, bounds: Sequence[str], labels: tuple[str, ...] | None, dialect: Dialect
) -> str:
    names = [
        str(index) if labels is None else dialect.text(labels[index])
        for index in range(len(bounds) + 1)
    ]
    return f"CASE WHEN {sql} IS NULL THEN NULL ELSE {_halves(sql, bounds, names)} END"


def _halves(sql: str, bounds: Sequence[str], names: Sequence[str]) -> str:
    """Cut by halving, so that a row meets log2(edges) comparisons, not all."""
    if not bounds:
        return names[0]
    middle = len(bounds) // 2
    below = _halves(sql, bounds[:middle], names[: middle + 1])
    above = _halves(sql, bounds[middle + 1 :], names[middle + 1 :])
    return f"CASE WHEN {sql} < {bounds[middle]} THEN {below} ELSE {above} END"
