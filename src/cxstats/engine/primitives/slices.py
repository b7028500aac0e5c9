"""Slice scan: every slice's score histogram from few passes over the rows."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import pyarrow as pa

from cxstats.engine.answers import COUNT, Output, Statement
from cxstats.engine.dialect import Dialect
from cxstats.engine.keys import Bins, Column, Key, PeriodBucket, as_keys
from cxstats.engine.primitives.histograms import WEIGHT_OUTPUTS, WEIGHT_SUMS
from cxstats.engine.primitives.rows import (
    grouped,
    key_sql,
    projected,
    stored,
    usable_weight,
)
from cxstats.engine.queries import SliceQuery
from cxstats.engine.relation import Kind, Relation
from cxstats.errors import InputError

__all__ = ["cells_to_slices", "pair_cells"]

# Branches of one UNION ALL: measured to beat both single queries and one long one.
_BRANCHES = 50
# Two keys of few values fit an engine's perfect-hash table together.
_FEW = 64

CELLS = (
    Output("key", COUNT),
    Output("value"),
    Output("other_key", COUNT),
    Output("other_value"),
    Output("score"),
    Output("n", COUNT),
)


def pair_cells(
    query: SliceQuery, relation: Relation, dialect: Dialect
) -> list[Statement]:
    """Write the cells of pairs of keys, several pairs to a statement.

    For slices of one key each pass still serves two keys, marginalised afterwards,
    where both have few values; a key of many values has a pass of its own, in
    which ``other_key`` is NULL.
    """
    keys = as_keys(query.by)
    small = [_is_small(key, relation) for key in keys]
    pairs = _all_pairs(len(keys)) if query.order == 2 else _cover(small)  # noqa: PLR2004
    branches = [_branch(query, keys, pair, relation, dialect) for pair in pairs]
    weights = WEIGHT_OUTPUTS if query.weight is not None else ()
    return [
        Statement(
            " UNION ALL ".join(branches[start : start + _BRANCHES]), (*CELLS, *weights)
        )
        for start in range(0, len(branches), _BRANCHES)
    ]


def cells_to_slices(query: SliceQuery, cells: pa.Table) -> pa.Table:
    """Turn the cells of pairs into slices of the order asked."""
    measures = cells.column_names[5:]
    if query.order == 2:  # noqa: PLR2004 - the order, not a magic number
        return cells
    sides = [cells.select(["key", "value", "score", *measures])]
    other = cells.filter(cells["other_key"].is_valid())
    sides.append(
        other.select(["other_key", "other_value", "score", *measures]).rename_columns(
            ["key", "value", "score", *measures]
        )
    )
    groups = pa.concat_tables(sides).group_by(["key", "value", "score"])
    summed = groups.aggregate([(name, "sum") for name in measures])
    slices = summed.select(["key", "value", "score", *(f"{m}_sum" for m in measures)])
    return slices.rename_columns(["key", "value", "score", *measures])


def _branch(
    query: SliceQuery,
    keys: Sequence[Key],
    pair: tuple[int, ...],
    relation: Relation,
    dialect: Dialect,
) -> str:
    items = {f"k{at}": key_sql(keys[at], relation, dialect) for at in pair}
    items["v"] = stored(relation.column(query.score), dialect)
    aggregates = ["count(*) AS n"]
    if query.weight is not None:
        items["w"] = usable_weight(query.weight, relation, dialect)
        names = [output.name for output in WEIGHT_OUTPUTS]
        aggregates += [
            f"{sql} AS s_{name}" for sql, name in zip(WEIGHT_SUMS, names, strict=True)
        ]
    aliases = [f"k{at}" for at in pair]
    counted = grouped(
        [*aliases, "v"], aggregates, projected(items, relation, dialect, query.where)
    )
    sides = [_side(at, keys[at], relation, dialect) for at in pair]
    if len(pair) == 1:
        sides.append(_nothing(dialect))
    sums = [item.rsplit(" AS ", 1)[1] for item in aggregates]
    return f"SELECT {', '.join([*sides, 'v', *sums])} FROM ({counted}) AS c{pair[0]}"


def _side(at: int, key: Key, relation: Relation, dialect: Dialect) -> str:
    kind = relation.column(key.column).kind
    alias = f"k{at}"
    number = dialect.cast(str(at), dialect.bigint)
    if isinstance(key, Bins | PeriodBucket):
        text = alias if key.labels else dialect.cast(alias, dialect.varchar)
    elif kind is Kind.INTEGER:
        text = dialect.cast(alias, dialect.varchar)
    elif kind is Kind.BOOLEAN:
        text = f"CASE WHEN {alias} THEN 'true' WHEN NOT {alias} THEN 'false' END"
    elif kind is Kind.TEXT:
        text = alias
    else:
        raise InputError(
            f"column {key.column!r} holds {kind}; cut it with Bins or PeriodBucket "
            "to make slices of it"
        )
    return f"{number} AS key_{at}, {text} AS value_{at}"


def _nothing(dialect: Dialect) -> str:
    key = dialect.cast("NULL", dialect.nullable(dialect.bigint))
    value = dialect.cast("NULL", dialect.nullable(dialect.varchar))
    return f"{key} AS key_none, {value} AS value_none"


def _is_small(key: Key, relation: Relation) -> bool:
    if isinstance(key, Column):
        return relation.column(key.column).kind is Kind.BOOLEAN
    return len(key.edges) < _FEW


def _all_pairs(count: int) -> list[tuple[int, ...]]:
    return list(combinations(range(count), 2))


def _cover(small: Sequence[bool]) -> list[tuple[int, ...]]:
    """Cover every key once: small keys two by two, others alone."""
    few = [at for at, is_small in enumerate(small) if is_small]
    alone = [(at,) for at, is_small in enumerate(small) if not is_small]
    paired: list[tuple[int, ...]] = [
        tuple(few[start : start + 2]) for start in range(0, len(few), 2)
    ]
    return [*paired, *alone]
