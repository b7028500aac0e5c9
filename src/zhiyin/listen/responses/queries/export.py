"""Many answers at once: written by the database, passed on as they come.

A hundred thousand answers as objects would take minutes. The database joins and writes
each line itself; here lines are only gathered into pieces worth sending.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection

from zhiyin.common.masking import mask_json, mask_words
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
    "CASE WHEN substr(ltrim({0}), 1, 1) IN ('=', '+', '-', '@', '\t', '\r') "
    "THEN '''' || {0} ELSE {0} END"
)


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


def _object(columns: tuple[tuple[str, str], ...]) -> str:
    made = "json_object" if connection.vendor == "sqlite" else "json_build_object"
    pairs = ", ".join(f"'{name}', {_sql(column)}" for name, column in columns)
    return f"{made}({pairs})"


def _attributes(hidden: Iterable[str]) -> str:
    """Return what was recorded with an answer, as JSON without some fields."""
    codes = [f"'$.{code}'" for code in hidden]
    if not codes:
        return "{json:r.attributes}"
    if connection.vendor == "sqlite":
        return f"json_remove(r.attributes, {', '.join(codes)})"
    keys = ", ".join(code.replace("$.", "") for code in codes)
    return f"(r.attributes - ARRAY[{keys}])"


def _rows(sql: str, chosen: ResponseQuerySet) -> Iterator[list[tuple[Any, ...]]]:
    """Run a query over chosen answers, in the order of their numbers, in pieces."""
    inner, values = chosen.order_by().values("pk").query.sql_with_params()
    text = f"{sql} WHERE r.id IN ({inner}) ORDER BY r.id"
    with connection.chunked_cursor() as cursor:
        cursor.execute(text, values)
        while rows := cursor.fetchmany(ROWS_PER_PIECE):
            yield rows


def lines_of(chosen: ResponseQuerySet, hidden: Iterable[str] = ()) -> Iterator[bytes]:
    """Return answers as lines of JSON with all items, without the fields `hidden`."""
    gather = "json_group_array" if connection.vendor == "sqlite" else "json_agg"
    answers = (
        f"(SELECT {gather}({_object(_ANSWER)}) FROM "  # noqa: S608
        "(SELECT * FROM responses_answer WHERE response_id = r.id ORDER BY id) a)"
    )
    columns = (
        *(each for each in _COLUMNS if not each[1].startswith("m.")),
        ("attributes", _attributes(hidden)),
        ("answers", answers),
    )
    cast = "" if connection.vendor == "sqlite" else "::text"
    for rows in _rows(f"SELECT {_object(columns)}{cast} {_JOINS}", chosen):
        yield mask_json("\n".join([row[0] for row in rows] + [""])).encode()


def csv_of(chosen: ResponseQuerySet) -> Iterator[bytes]:
    """Return answers as CSV with the main score; begins as Excel wants UTF-8."""
    columns = [
        _SAFE.format(_sql(column)) if name in _FREE else _sql(column)
        for name, column in _COLUMNS
    ]
    head = io.StringIO()
    csv.writer(head).writerow([name for name, _column in _COLUMNS])
    yield b"\xef\xbb\xbf" + head.getvalue().encode()
    for rows in _rows(f"SELECT {', '.join(columns)} {_JOINS}{_MAIN}", chosen):
        piece = io.StringIO()
        csv.writer(piece).writerows(rows)
        yield mask_words(piece.getvalue()).encode()
