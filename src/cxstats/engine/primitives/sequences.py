"""Previous answer per customer, and the first rows in an order."""

from __future__ import annotations

from cxstats.engine.answers import COUNT, Output, Statement
from cxstats.engine.dialect import Dialect
from cxstats.engine.primitives.rows import Grouping, grouped, projected, stored
from cxstats.engine.queries import PreviousQuery, TopQuery
from cxstats.engine.relation import ColumnRef, Kind, Relation

__all__ = ["previous_answers", "top_rows"]


def previous_answers(
    query: PreviousQuery, relation: Relation, dialect: Dialect
) -> Statement:
    """Write the counts of (previous, score) by keys of the later answer."""
    grouping = Grouping.by(query.by, relation, dialect)
    customer = relation.column(query.customer)
    items = dict(grouping.items)
    items["c"] = stored(customer, dialect)
    items["v"] = stored(relation.column(query.score), dialect)
    order = []
    for at, name in enumerate(query.order):
        items[f"o{at}"] = _orderable(relation.column(name), dialect)
        order.append(f"o{at} ASC NULLS FIRST")
    known = f"{customer.sql} IS NOT NULL"
    inner = projected(items, relation, dialect, query.where, known)
    window = f"OVER (PARTITION BY c ORDER BY {', '.join(order)})"
    keys = [*grouping.aliases, "f", "p", "v"]
    listed = [
        *grouping.aliases,
        f"row_number() {window} AS r",
        f"{dialect.lag('v')} {window} AS p",
        "v",
    ]
    ranked = f"(SELECT {', '.join(listed)} FROM {inner}) AS ranked"
    first = "CASE WHEN r = 1 THEN 1 ELSE 0 END AS f"
    marked = f"SELECT {', '.join([*grouping.aliases, first, 'p', 'v'])} FROM {ranked}"
    outputs = (
        *grouping.outputs,
        Output("is_first", COUNT),
        Output("previous"),
        Output("score"),
        Output("n", COUNT),
    )
    return Statement(grouped(keys, ["count(*)"], f"({marked}) AS marked"), outputs)


def top_rows(query: TopQuery, relation: Relation, dialect: Dialect) -> Statement:
    """Write the first rows in an order that says where NULL stands."""
    items = {
        f"c{at}": stored(relation.column(name), dialect)
        for at, name in enumerate(query.select)
    }
    chosen = ", ".join(items)
    order = []
    for at, item in enumerate(query.order):
        items[f"o{at}"] = _orderable(relation.column(item.column), dialect)
        order.append(f"o{at} {'DESC' if item.descending else 'ASC'} NULLS LAST")
    inner = projected(items, relation, dialect, query.where)
    sql = f"SELECT {chosen} FROM {inner} ORDER BY {', '.join(order)} LIMIT {query.k}"
    if query.offset:
        sql += f" OFFSET {query.offset}"
    return Statement(sql, tuple(Output(name) for name in query.select))


def _orderable(column: ColumnRef, dialect: Dialect) -> str:
    if column.kind is Kind.TEXT:
        return dialect.collated(column.sql)
    if column.kind in {Kind.FLOATING, Kind.DECIMAL}:
        return dialect.as_double(column)
    return stored(column, dialect)
