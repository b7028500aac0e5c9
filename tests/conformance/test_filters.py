"""Every engine keeps the rows that plain conditions keep, and nothing gets in."""

from __future__ import annotations

from datetime import date
from math import isnan

import pyarrow.compute as pc
import pytest

from cxstats.engine import EngineTable, OrderBy, TagQuery, TopQuery
from cxstats.errors import ColumnNotFoundError, FilterError
from cxstats.filters import Compare, Contains, In, Like, Or, parse_filter
from tests.conformance.plain import moment, number, rows
from tests.conformance.samples import REGION, SCORE


def kept(engine, source, condition) -> list[int]:
    query = TopQuery(("id",), (OrderBy("id"),), k=1000, where=condition)
    return engine.top_rows(source, query)["id"].to_pylist()


def raw(row):
    return number(row["raw"])


def known(name, test):
    return lambda row: row[name] is not None and test(row[name])


def numeric(test):
    return lambda row: raw(row) is not None and test(raw(row))


MORNING = moment("2026-03-29")
CASES = [
    ("区域 = '华东'", known(REGION, lambda x: x == "华东")),
    ("区域 != '华东'", known(REGION, lambda x: x != "华东")),
    ("区域 is null or 区域 = ''", lambda row: row[REGION] in {None, ""}),
    ("not (区域 in ('华东', '华南'))", known(REGION, lambda x: x[:1] != "华")),
    ('"满意度 评分" not in (98, -1)', known(SCORE, lambda x: x not in {98, -1})),
    ("\"满意度 评分\" in (9, '10')", known(SCORE, lambda x: x in {9, 10})),
    ("raw in (98, '不知道')", known("raw", lambda x: x in {"98", "不知道"})),
    ("raw not in (98, 10)", known("raw", lambda x: number(x) not in {98, 10})),
    ("raw != 9", known("raw", lambda x: number(x) != 9)),
    ("raw >= 7", numeric(lambda x: x >= 7)),
    ("raw > '9'", known("raw", lambda x: x > "9")),
    ("raw between 7 and 10", numeric(lambda x: 7 <= x <= 10)),
    ("price = -1.25 or price > 99.9", known("price", lambda x: x != 0)),
    ("tenure > 0.5 and tenure < 1e2", known("tenure", lambda x: 0.5 < x < 100)),
    ("arpu = 88.8", known("arpu", lambda x: x == 88.8)),
    ("arpu > 0", known("arpu", lambda x: x > 0)),
    ("arpu <= 0", known("arpu", lambda x: x <= 0)),
    ("arpu >= -20 or arpu < -20", known("arpu", lambda x: not isnan(x))),
    ("member = true", known("member", lambda x: x)),
    ("member != true", known("member", lambda x: not x)),
    ("at >= '2026-03-29'", known("at", lambda x: x >= MORNING)),
    ("at < '2026-03-29T08:00:00+08:00'", known("at", lambda x: x < MORNING)),
    ("day = '2026-01-09'", known("day", lambda x: x == date(2026, 1, 9))),
    (
        "day between '2026-01-09' and '2026-01-10 12:00'",
        known("day", lambda x: date(2026, 1, 9) <= x <= date(2026, 1, 10)),
    ),
    ("comment contains '客服很好'", known("comment", lambda x: "客服很好" in x)),
    (
        "comment contains 'O''Neill said \"'",
        known("comment", lambda x: "O'Neill said \"" in x),
    ),
    (
        "comment like '%\\_n%' or comment like '____'",
        known("comment", lambda x: len(x) == 4),
    ),
    ("comment like '100%\\now'", known("comment", lambda x: x[:3] == "100")),
    ("not comment contains '慢'", known("comment", lambda x: "慢" not in x)),
    ("tenure contains '2'", known("tenure", lambda x: "2" in str(x))),
]


def test_filters_keep_the_same_rows(engine, source, table) -> None:
    tags = tuple((f"t{at}", parse_filter(text)) for at, (text, _) in enumerate(CASES))
    into = EngineTable("kept_by_filters")
    engine.rule_tags(source, TagQuery(tags, ("id",)), into)
    names = tuple(name for name, _filter in tags)
    query = TopQuery(("id", *names), (OrderBy("id"),), k=1000)
    flags = engine.top_rows(into, query)
    for name, (text, plain) in zip(names, CASES, strict=True):
        expected = [row["id"] for row in rows(table) if plain(row)]
        assert 0 < len(expected) < 400, text
        true = flags.filter(pc.equal(flags[name], 1))
        assert true["id"].to_pylist() == expected, text


@pytest.mark.parametrize("case", [4, 7, 20])
def test_rows_kept_are_those_where_a_filter_is_true(
    engine, source, table, case
) -> None:
    text, plain = CASES[case]
    expected = [row["id"] for row in rows(table) if plain(row)]
    assert kept(engine, source, parse_filter(text)) == expected


HOSTILE = [
    "' OR 1=1 --",
    "\\' OR 1=1 --",
    "'; DROP TABLE x; --",
    "\\",
    "${x}",
    "`",
    '"',
]


def test_values_stay_values(engine, source) -> None:
    """What would end a literal, open a comment or name a variable is only text."""
    for text in HOSTILE:
        nothing = (
            Compare("区域", "=", text),
            In("区域", (text, "no")),
            Like("区域", text),
        )
        found = kept(engine, source, Or((*nothing, Contains("comment", text))))
        data = rows(source.table)
        assert found == [row["id"] for row in data if text in (row["comment"] or "")]


@pytest.mark.parametrize("name", ['x" OR 1=1 --', "x` OR 1=1 --", "x\\` --"])
def test_names_stay_names(engine, source, name) -> None:
    with pytest.raises(ColumnNotFoundError):
        kept(engine, source, Compare(name, "=", 1))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tenure = 'long'", "is not a number"),
        ("member = 1", "true and false"),
        ("at > 'yesterday'", "2026-03-31"),
        ("arpu like '1%'", "needs a text column"),
        ("tenure = true", "not true or false"),
    ],
)
def test_what_cannot_be_compared_is_refused(engine, source, text, message) -> None:
    with pytest.raises(FilterError, match=message):
        kept(engine, source, parse_filter(text))
