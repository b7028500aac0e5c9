"""Score and value histograms by keys: group by (keys, value), derive afterwards."""

from __future__ import annotations

from cxstats.engine.answers import COUNT, SUM, Output, Statement
from cxstats.engine.dialect import Dialect
from cxstats.engine.primitives.rows import (
    Grouping,
    grouped,
    projected,
    stored,
    usable_weight,
)
from cxstats.engine.queries import HistogramQuery, ValuesQuery
from cxstats.engine.relation import Relation
from cxstats.filters import Filter

__all__ = ["counted", "score_histogram", "value_histogram"]

WEIGHT_SUMS = ("count(w)", "coalesce(sum(w), 0)", "coalesce(sum(w * w), 0)")
WEIGHT_OUTPUTS = (Output("n_weighted", COUNT), Output("w", SUM), Output("w2", SUM))


def score_histogram(
    query: HistogramQuery, relation: Relation, dialect: Dialect
) -> Statement:
    """Write the score histogram."""
    grouping = Grouping.by(query.by, relation, dialect)
    for name, column in (("stratum", query.stratum), ("cluster", query.cluster)):
        if column is not None:
            grouping.add(Output(name), stored(relation.column(column), dialect))
    score = stored(relation.column(query.score), dialect)
    grouping.add(Output("score"), score)
    return counted(grouping, relation, dialect, weight=query.weight, kept=query.where)


def value_histogram(
    query: ValuesQuery, relation: Relation, dialect: Dialect
) -> Statement:
    """Write the value histogram: numbers as doubles, everything else NULL."""
    grouping = Grouping.by(query.by, relation, dialect)
    value = dialect.as_double(relation.column(query.value))
    grouping.add(Output("value", SUM), value)
    return counted(grouping, relation, dialect, weight=query.weight, kept=query.where)


def counted(
    grouping: Grouping,
    relation: Relation,
    dialect: Dialect,
    *,
    weight: str | None,
    kept: Filter | None,
    conditions: tuple[str, ...] = (),
) -> Statement:
    """Write the rows, and the weight sums where asked, of every distinct key."""
    items = dict(grouping.items)
    aggregates = ["count(*)"]
    outputs = [*grouping.outputs, Output("n", COUNT)]
    if weight is not None:
        items["w"] = usable_weight(weight, relation, dialect)
        aggregates += WEIGHT_SUMS
        outputs += WEIGHT_OUTPUTS
    inner = projected(items, relation, dialect, kept, *conditions)
    return Statement(grouped(grouping.aliases, aggregates, inner), tuple(outputs))
