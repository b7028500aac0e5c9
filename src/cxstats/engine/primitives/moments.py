"""Group moments by keys: counts and sums of powers of weight and value."""

from __future__ import annotations

from cxstats.engine.answers import COUNT, SUM, Output, Statement
from cxstats.engine.dialect import Dialect
from cxstats.engine.primitives.rows import (
    Grouping,
    grouped,
    projected,
    usable_weight,
)
from cxstats.engine.queries import MomentsQuery
from cxstats.engine.relation import Relation

__all__ = ["group_moments"]

_USED = "x IS NOT NULL AND w IS NOT NULL"
_SUMS = {
    "w": "w",
    "w2": "w * w",
    "wx": "w * x",
    "wx2": "w * x * x",
    "w2x": "w * w * x",
    "w2x2": "w * w * x * x",
}


def group_moments(
    query: MomentsQuery, relation: Relation, dialect: Dialect
) -> Statement:
    """Write the moments of one number by keys."""
    grouping = Grouping.by(query.by, relation, dialect)
    items = dict(grouping.items)
    items["x"] = dialect.as_double(relation.column(query.value))
    items["w"] = usable_weight(query.weight, relation, dialect)
    aggregates = [
        "count(*)",
        f"count(CASE WHEN {_USED} THEN 1 END)",
        *(
            f"coalesce(sum(CASE WHEN {_USED} THEN {sql} END), 0)"
            for sql in _SUMS.values()
        ),
        f"min(CASE WHEN {_USED} THEN x END)",
        f"max(CASE WHEN {_USED} THEN x END)",
    ]
    outputs = (
        *grouping.outputs,
        Output("n", COUNT),
        Output("n_used", COUNT),
        *(Output(name, SUM) for name in _SUMS),
        Output("lowest", SUM),
        Output("highest", SUM),
    )
    inner = projected(items, relation, dialect, query.where)
    return Statement(grouped(grouping.aliases, aggregates, inner), outputs)
