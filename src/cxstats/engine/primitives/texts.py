"""Distinct values, lengths of text and phrases in it."""

from __future__ import annotations

from cxstats.engine.answers import COUNT, Output, Statement
from cxstats.engine.dialect import Dialect
from cxstats.engine.primitives.rows import Grouping, grouped, projected, stored
from cxstats.engine.queries import DistinctQuery, TextQuery
from cxstats.engine.relation import Kind, Relation
from cxstats.errors import InputError

__all__ = ["distinct_count", "text_counts"]


def distinct_count(
    query: DistinctQuery, relation: Relation, dialect: Dialect
) -> Statement:
    """Write the exact number of different values by keys."""
    grouping = Grouping.by(query.by, relation, dialect)
    items = {
        **grouping.items,
        "v": stored(relation.column(query.column), dialect),
    }
    names = ("n", "n_values", "n_distinct")
    outputs = (*grouping.outputs, *(Output(name, COUNT) for name in names))
    inner = projected(items, relation, dialect, query.where)
    aggregates = ("count(*)", "count(v)", "count(DISTINCT v)")
    return Statement(grouped(grouping.aliases, aggregates, inner), outputs)


def text_counts(query: TextQuery, relation: Relation, dialect: Dialect) -> Statement:
    """Write the amount of text and the rows with each phrase, by keys.

    Raises
    ------
    InputError
        If the column is not text, or a phrase is empty.
    """
    column = relation.column(query.text)
    if column.kind is not Kind.TEXT:
        raise InputError(
            f"column {column.name!r} holds {column.kind}; text is counted in a text "
            "column"
        )
    if not all(query.phrases):
        raise InputError("an empty phrase is in every text; give words to look for")
    grouping = Grouping.by(query.by, relation, dialect)
    items = {**grouping.items, "v": column.sql}
    aggregates = [
        "count(*)",
        "count(CASE WHEN trim(v) <> '' THEN 1 END)",
        dialect.total(dialect.length("v")),
        f"coalesce(max({dialect.length('v')}), 0)",
    ]
    aggregates += [
        f"count(CASE WHEN {dialect.contains('v', phrase)} THEN 1 END)"
        for phrase in query.phrases
    ]
    names = ["n", "n_text", "characters", "longest"]
    names += [f"contains_{at}" for at in range(len(query.phrases))]
    outputs = (*grouping.outputs, *(Output(name, COUNT) for name in names))
    inner = projected(items, relation, dialect, query.where)
    return Statement(grouped(grouping.aliases, aggregates, inner), outputs)
