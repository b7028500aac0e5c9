"""Rule tags: conditions written into a table as 1, 0 or NULL."""

from __future__ import annotations

from cxstats.engine.answers import COUNT, Output, Statement
from cxstats.engine.dialect import Dialect
from cxstats.engine.primitives.conditions import condition, where
from cxstats.engine.primitives.rows import stored
from cxstats.engine.queries import TagQuery
from cxstats.engine.relation import Relation

__all__ = ["tag_counts", "tag_rows"]


def tag_rows(query: TagQuery, relation: Relation, dialect: Dialect) -> str:
    """Write the query whose rows are the tagged table."""
    listed = [
        f"{stored(relation.column(name), dialect)} AS {dialect.name(name)}"
        for name in query.keep
    ]
    for name, rule in query.rules:
        test = condition(rule, relation, dialect)
        tag = f"CASE WHEN {test} THEN 1 WHEN NOT {test} THEN 0 END"
        listed.append(f"{tag} AS {dialect.name(name)}")
    clause = where(query.where, relation, dialect)
    return f"SELECT {', '.join(listed)} FROM {relation.text}{clause}"


def tag_counts(query: TagQuery, table: Relation) -> Statement:
    """Write the counts of each tag in the table that was made."""
    listed = ["count(*)"]
    for name, _rule in query.rules:
        tag = table.column(name).sql
        listed += [f"count(CASE WHEN {tag} = {value} THEN 1 END)" for value in (1, 0)]
    outputs = tuple(Output(f"c{at}", COUNT) for at in range(len(listed)))
    return Statement(f"SELECT {', '.join(listed)} FROM {table.text}", outputs)
