"""Score histogram by keys: group by (keys, score), derive classes afterwards."""

from __future__ import annotations

from cxstats.engine.answers import COUNT, SUM, Output, Statement
from cxstats.engine.dialect import Dialect
from cxstats.engine.keys import as_keys
from cxstats.engine.primitives.rows import (
    grouped,
    key_sql,
    projected,
    stored,
    usable_weight,
)
from cxstats.engine.queries import HistogramQuery
from cxstats.engine.relation import Relation

__all__ = ["score_histogram"]

WEIGHT_SUMS = ("count(w)", "coalesce(sum(w), 0)", "coalesce(sum(w * w), 0)")
WEIGHT_OUTPUTS = (Output("n_weighted", COUNT), Output("w", SUM), Output("w2", SUM))


def score_histogram(
    query: HistogramQuery, relation: Relation, dialect: Dialect
) -> Statement:
    """Write the score histogram."""
    items: dict[str, str] = {}
    outputs: list[Output] = []
    for key in as_keys(query.by):
        items[f"k{len(items)}"] = key_sql(key, relation, dialect)
        outputs.append(Output(key.name))
    for name, column in (("stratum", query.stratum), ("cluster", query.cluster)):
        if column is not None:
            items[f"k{len(items)}"] = stored(relation.column(column), dialect)
            outputs.append(Output(name))
    items[f"k{len(items)}"] = stored(relation.column(query.score), dialect)
    outputs += [Output("score"), Output("n", COUNT)]
    keys = tuple(items)
    aggregates = ["count(*)"]
    if query.weight is not None:
        items["w"] = usable_weight(query.weight, relation, dialect)
        aggregates += WEIGHT_SUMS
        outputs += WEIGHT_OUTPUTS
    inner = projected(items, relation, dialect, query.where)
    return Statement(grouped(keys, aggregates, inner), tuple(outputs))
