"""Equality, semi and anti joins as relations, and the check before one joins."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from cxstats.engine.answers import COUNT, Output, Statement
from cxstats.engine.dialect import Dialect
from cxstats.engine.relation import ColumnRef, Kind, Relation
from cxstats.engine.sources import Joined, resolve_column
from cxstats.errors import ColumnNotFoundError, InputError

__all__ = ["join_checks", "joined", "sides"]


def sides(
    source: Joined, names: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the columns that each side may have to offer, its key among them."""
    suffix = source.suffix.strip()
    plain = [name.strip().removesuffix(suffix).strip() for name in names]
    return (*names, source.left_key), (*names, *plain, source.right_key)


def joined(
    source: Joined,
    left: Relation,
    right: Relation,
    names: Sequence[str],
    dialect: Dialect,
    alias: str,
) -> Relation:
    """Write a join as a relation that offers the columns asked for.

    Raises
    ------
    ColumnNotFoundError
        If a key or a column asked for is on neither side.
    InputError
        If the keys cannot be equal to each other.
    """
    left_key, right_key = _keys(source, left, right, dialect)
    if source.kind in {"semi", "anti"}:
        offered = dict(left.columns)
    else:
        offered = _offered(source, left, right)
    chosen = _chosen(offered, names)
    listed = ", ".join(
        f"{dialect.as_stored(column)} AS j{at}"
        for at, (name, column) in enumerate(offered.items())
        if name in chosen
    )
    text = f"(SELECT {listed} FROM {left.text} "
    if source.kind in {"inner", "left"}:
        word = "INNER" if source.kind == "inner" else "LEFT"
        text += f"{word} JOIN {right.text} ON {left_key} = {right_key})"
    else:
        word = "INNER" if source.kind == "semi" else "LEFT"
        found = f"(SELECT DISTINCT {right_key} AS m FROM {right.text}) AS matched"
        text += f"{word} JOIN {found} ON {left_key} = matched.m"
        text += ")" if source.kind == "semi" else " WHERE matched.m IS NULL)"
    columns = {
        name: ColumnRef(name, f"{alias}.j{at}", _stored_kind(column.kind))
        for at, (name, column) in enumerate(offered.items())
    }
    return Relation(f"{text} AS {alias}", columns)


def join_checks(
    source: Joined, left: Relation, right: Relation, dialect: Dialect
) -> list[Statement]:
    """Write the counts that tell what a join would keep, drop and multiply."""
    left_key, right_key = _keys(source, left, right, dialect)
    lefts = f"(SELECT {left_key} AS a FROM {left.text}) AS x"
    rights = f"(SELECT {right_key} AS b FROM {right.text}) AS y"
    by_key = f"(SELECT b, count(*) AS m FROM {rights} WHERE b IS NOT NULL GROUP BY b)"
    return [
        _counts(("left_rows", "left_keyed"), "count(*), count(a)", lefts),
        _counts(("right_rows", "right_keyed"), "count(*), count(b)", rights),
        _counts(("right_distinct",), "count(*)", f"{by_key} AS z"),
        _counts(
            ("left_matched", "joined_rows"),
            f"count(*), {dialect.total('z.m')}",
            f"{lefts} INNER JOIN {by_key} AS z ON x.a = z.b",
        ),
    ]


def _counts(names: tuple[str, ...], listed: str, source: str) -> Statement:
    outputs = tuple(Output(name, COUNT) for name in names)
    return Statement(f"SELECT {listed} FROM {source}", outputs)


def _keys(
    source: Joined, left: Relation, right: Relation, dialect: Dialect
) -> tuple[str, str]:
    ours, theirs = left.column(source.left_key), right.column(source.right_key)
    if ours.kind is theirs.kind or (ours.kind.is_number and theirs.kind.is_number):
        return dialect.as_stored(ours), dialect.as_stored(theirs)
    if {ours.kind, theirs.kind} == {Kind.TEXT, Kind.INTEGER}:
        return _as_text(ours, dialect), _as_text(theirs, dialect)
    raise InputError(
        f"cannot join {ours.name!r} ({ours.kind}) with {theirs.name!r} "
        f"({theirs.kind}): keys are both text or integers, or of one kind"
    )


def _as_text(column: ColumnRef, dialect: Dialect) -> str:
    if column.kind is Kind.TEXT:
        return column.sql
    return dialect.cast(column.sql, dialect.varchar)


def _offered(source: Joined, left: Relation, right: Relation) -> dict[str, ColumnRef]:
    offered = dict(left.columns)
    for name, column in right.columns.items():
        shown = name + source.suffix if name in left.columns else name
        offered.setdefault(shown, column)
    return offered


def _chosen(offered: dict[str, ColumnRef], names: Sequence[str]) -> set[str]:
    chosen = set()
    for name in names:
        # A join inside a join is asked for columns that the other side has.
        with suppress(ColumnNotFoundError):
            chosen.add(resolve_column(name, offered))
    return chosen


def _stored_kind(kind: Kind) -> Kind:
    return Kind.FLOATING if kind is Kind.DECIMAL else kind
