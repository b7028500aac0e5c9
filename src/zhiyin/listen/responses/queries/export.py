"""Many answers at once: written by the database, passed on as they come.

A hundred thousand answers as objects would take minutes. The database joins and writes
each line itself; here lines are only gathered into pieces worth sending.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db import connection

from zhiyin.common.masking import mask_json, mask_words, masked_lines
from zhiyin.listen.responses.models import ResponseQuerySet

ROWS_PER_PIECE = 2_000
# Name of the column, and what it is in SQL; `r` is the answer, `m` the main one.
_COLUMNS = (
    ("id", "r.id"),
    ("responded_at", "{time:r.responded_at}"),
    ("completed_at", "{time:r.completed_at}"),
    ("instrument", "i.code"),
    ("instrument_version", "v.number"),
    ("score", "m.score"),
    ("scale_max", "m.scale_max"),
    ("comment", "r.comment"),
    ("stream", "r.stream"),
    ("touchpoint", "r.touchpoint"),
    ("wave", "r.wave"),
    ("channel", "r.channel"),
    ("language", "r.language"),
    ("customer_id", "r.customer_id"),
    ("customer", "c.key_masked"),
    ("department", "d.code"),
    ("employee", "r.employee"),
    ("weight", "r.weight"),
    ("excluded", "r.excluded"),
)
_JOINS = (
    "FROM responses_response r "
    "JOIN surveys_instrumentversion v ON v.id = r.instrument_version_id "
    "JOIN surveys_instrument i ON i.id = v.instrument_id "
    "LEFT JOIN customers_customer c ON c.id = r.customer_id "
    "LEFT JOIN accounts_department d ON d.id = r.department_id "
)
_MAIN = "LEFT JOIN responses_answer m ON m.response_id = r.id AND m.is_primary "
_ANSWER = (
    ("item", "a.item"),
    ("kind", "a.kind"),
    ("score", "a.score"),
    ("text", "a.text"),
    ("choices", "{json:a.choices}"),
    ("number", "a.number"),
    ("date", "a.date"),
)
# Spreadsheets take such a beginning for a formula; texts from outside can have it.
_FREE = {"comment", "employee", "touchpoint", "wave", "channel"}
_SAFE = (
    "CASE WHEN {0} = '' THEN {0} "
    "WHEN substr(ltrim({0}), 1, 1) IN ('=', '+', '-', '@', '\t', '\r') "
    "THEN '''' || {0} ELSE {0} END"
)


_WHOLE = tuple(each for each in _COLUMNS if not each[1].startswith("m."))
_ANSWER_PLAIN = tuple(
    (name, "a.choices" if name == "choices" else column) for name, column in _ANSWER
)
_FLOATS = {"score", "weight"}
_TEXTS = {
    "comment",
    "stream",
    "touchpoint",
    "wave",
    "channel",
    "language",
    "customer",
    "department",
    "employee",
    "excluded",
}
# A form of COPY that changes nothing: no text has these characters.
_AS_IT_IS = "FORMAT csv, QUOTE e'\\x01', DELIMITER e'\\x02'"


def _sql(column: str) -> str:
    """Return a column as this database says it."""
    is_sqlite = connection.vendor == "sqlite"
    if column.startswith("{time:"):
        name = column[6:-1]
        if is_sqlite:
            return f"replace({name}, ' ', 'T') || 'Z'"
        shape = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
        return f"to_char({name} AT TIME ZONE 'UTC', '{shape}')"
    if column.startswith("{json:"):
        name = column[6:-1]
        return f"json({name})" if is_sqlite else name
    return column


def _attributes(hidden: Iterable[str]) -> str:
    """Return what was recorded with an answer, as JSON without some fields."""
    codes = [f"'$.{code}'" for code in hidden]
    if not codes:
        return "{json:r.attributes}"
    if connection.vendor == "sqlite":
        return f"json_remove(r.attributes, {', '.join(codes)})"
    keys = ", ".join(code.replace("$.", "") for code in codes)
    return f"(r.attributes - ARRAY[{keys}])"


def _chosen(chosen: ResponseQuerySet) -> tuple[str, tuple[Any, ...]]:
    """Return the statement that gives the numbers of chosen answers."""
    return chosen.order_by().values("pk").query.sql_with_params()


def _rows(sql: str, chosen: ResponseQuerySet) -> Iterator[list[tuple[Any, ...]]]:
    """Run a query over chosen answers, in the order of their numbers, in pieces."""
    inner, values = _chosen(chosen)
    text = f"{sql} WHERE r.id IN ({inner}) ORDER BY r.id"
    with connection.chunked_cursor() as cursor:
        cursor.execute(text, values)
        while rows := cursor.fetchmany(ROWS_PER_PIECE):
            yield rows


def _copied(sql: str, values: tuple[Any, ...], form: str) -> Iterator[list[bytes]]:
    """Have PostgreSQL write rows as they are to be sent; without the ends of lines."""
    text = f"COPY ({sql}) TO STDOUT ({form})"
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(text, values) as copy,
    ):
        rows = (bytes(row)[:-1] for row in copy)
        while piece := list(islice(rows, ROWS_PER_PIECE)):
            yield piece


def _object(columns: tuple[tuple[str, str], ...]) -> str:
    pairs = ", ".join(f"'{name}', {_sql(column)}" for name, column in columns)
    return f"json_object({pairs})"


def _lines_of_sqlite(chosen: ResponseQuerySet, known: str) -> Iterator[bytes]:
    names = ", ".join(name for name, _column in _ANSWER)
    answers = (
        f"(SELECT json_group_array({_object(_ANSWER)}) FROM "  # noqa: S608
        f"(SELECT {names} FROM responses_answer WHERE response_id = r.id "
        "ORDER BY id) a)"
    )
    columns = (*_WHOLE, ("attributes", known), ("answers", answers))
    for rows in _rows(f"SELECT {_object(columns)} {_JOINS}", chosen):
        text = "\n".join([row[0] for row in rows] + [""])
        yield masked_lines(text.encode(), mask_json)


def _lines_of_postgresql(chosen: ResponseQuerySet, known: str) -> Iterator[bytes]:
    # All answers are gathered in one pass: a query for each row costs twice as much.
    pairs = ", ".join(f"'{name}', {column}" for name, column in _ANSWER_PLAIN)
    inner, values = _chosen(chosen)
    answers = (
        "LEFT JOIN (SELECT a.response_id, "  # noqa: S608
        f"json_agg(json_build_object({pairs}) ORDER BY a.id) AS said "
        f"FROM responses_answer a WHERE a.response_id IN ({inner}) "
        "GROUP BY a.response_id) g ON g.response_id = r.id "
    )
    said = ("answers", "coalesce(g.said, '[]'::json)")
    columns = (*_WHOLE, ("attributes", known), said)
    named = ", ".join(f'{_sql(column)} AS "{name}"' for name, column in columns)
    rows = f"SELECT {named} {_JOINS}{answers} WHERE r.id IN ({inner}) ORDER BY r.id"
    sql = f"SELECT row_to_json(t) FROM ({rows}) t"  # noqa: S608 names of our own.
    for lines in _copied(sql, (*values, *values), _AS_IT_IS):
        yield masked_lines(b"\n".join([*lines, b""]), mask_json)


def lines_of(chosen: ResponseQuerySet, hidden: Iterable[str] = ()) -> Iterator[bytes]:
    """Return answers as lines of JSON with all items, without the fields `hidden`."""
    known = _attributes(hidden)
    if connection.vendor == "postgresql":
        return _lines_of_postgresql(chosen, known)
    return _lines_of_sqlite(chosen, known)


def csv_of(chosen: ResponseQuerySet) -> Iterator[bytes]:
    """Return answers as CSV with the main score; begins as Excel wants UTF-8."""
    head = io.StringIO()
    csv.writer(head).writerow([name for name, _column in _COLUMNS])
    yield b"\xef\xbb\xbf" + head.getvalue().encode()
    columns = {
        name: _SAFE.format(_sql(column)) if name in _FREE else _sql(column)
        for name, column in _COLUMNS
    }
    if connection.vendor == "postgresql":
        inner, values = _chosen(chosen)
        texts = ", ".join(_as_text(name, column) for name, column in columns.items())
        sql = f"SELECT {texts} {_JOINS}{_MAIN} WHERE r.id IN ({inner}) ORDER BY r.id"
        for lines in _copied(sql, values, "FORMAT csv"):
            yield masked_lines(b"\r\n".join([*lines, b""]), mask_words)
        return
    for rows in _rows(f"SELECT {', '.join(columns.values())} {_JOINS}{_MAIN}", chosen):
        piece = io.StringIO()
        csv.writer(piece).writerows(rows)
        yield masked_lines(piece.getvalue().encode(), mask_words)


def _as_text(name: str, column: str) -> str:
    """Return a column so that PostgreSQL writes what Python would."""
    if name in _FLOATS:
        whole = f"{column} = trunc({column}) AND abs({column}) < 1e15"
        return (
            f"CASE WHEN {whole} THEN {column}::bigint || '.0' ELSE {column}::text END"
        )
    # It puts quotation marks around what is empty, to tell it from nothing.
    return f"nullif({column}, '')" if name in _TEXTS else column
