"""Every engine keeps the rows that plain conditions keep, and nothing gets in."""

from __future__ import annotations

from datetime import date

import pytest

from cxstats.engine import OrderBy, TopQuery
from cxstats.errors import ColumnNotFoundError, FilterError
from cxstats.filters import Compare, Contains, In, Like, parse_filter
from tests.conformance.plain import moment, number, rows
from tests.conformance.samples import REGION, SCORE


def kept(engine, source, condition) -> list[int]:
    query = TopQuery(("id",), (OrderBy("id"),), k=1000, where=condition)
    return engine.top_rows(source, query)["id"].to_pylist()


def raw(row):
    return number(row["raw"])


CASES = [
    ("区域 = '华东'", lambda row: row[REGION] == "华东"),
    ("区域 != '华东'", lambda row: row[REGION] not in {None, "华东"}),
    ("区域 is null or 区域 = ''", lambda row: row[REGION] in {None, ""}),
    (
        "not (区域 in ('华东', '华南'))",
        lambda row: row[REGION] not in {None, "华东", "华南"},
    ),
    ('"满意度 评分" not in (98, -1)', lambda row: row[SCORE] not in {None, 98, -1}),
    ('"满意度 评分" in (9, \'10\')', lambda row: row[SCORE] in {9, 10}),
    ("raw in (98, '不知道')", lambda row: raw(row) == 98 or row["raw"] == "不知道"),
    (
        "raw not in (98, 10)",
        lambda row: row["raw"] is not None and raw(row) not in {98, 10},
    ),
    ("raw != 9", lambda row: row["raw"] is not None and raw(row) != 9),
    ("raw >= 7", lambda row: raw(row) is not None and raw(row) >= 7),
    ("raw > '9'", lambda row: row["raw"] is not None and row["raw"] > "9"),
    ("raw between 7 and 10", lambda row: raw(row) is not None and 7 <= raw(row) <= 10),
    ("price = -1.25 or price > 99.9", lambda row: row["price"] is not None and (float(row["price"]) == -1.25 or row["price"] > 99)),
    ("tenure > 0.5 and tenure < 1e2", lambda row: row["tenure"] is not None and row["tenure"] > 0.5),
    ("arpu = 88.8", lambda row: row["arpu"] == 88.8),
    ("member = true", lambda row: row["member"] is True),
    ("member != true", lambda row: row["member"] is False),
    ("at >= '2026-03-29'", lambda row: row["at"] is not None and row["at"] >= moment("2026-03-29 00:00")),
    ("at < '2026-03-29T08:00:00+08:00'", lambda row: row["at"] is not None and row["at"] < moment("2026-03-29 00:00")),
    ("day = '2026-01-09'", lambda row: row["day"] == date(2026, 1, 9)),
    ("day between '2026-01-09' and '2026-01-10 12:00'", lambda row: row["day"] in {date(2026, 1, 9), date(2026, 1, 10)}),
    ("comment contains '客服很好'", lambda row: "客服很好" in (row["comment"] or "")),
    ("comment contains '''Neill said \"'", lambda row: "'Neill said \"" in (row["comment"] or "")),
    ("comment like '%\\_n%' or comment like '____'", lambda row: len(row["comment"] or "") == 4),
    ("comment like '100%\\now'", lambda row: (row["comment"] or "").startswith("100")),
    ("not comment contains '慢'", lambda row: row["comment"] is not None and "慢" not in row["comment"]),
    ("tenure contains '2'", lambda row: row["tenure"] is not None and "2" in str(row["tenure"])),
]  # fmt: skip


@pytest.mark.parametrize(("text", "plain"), CASES, ids=[case[0] for case in CASES])
def test_a_filter_keeps_the_same_rows(engine, source, table, text, plain) -> None:
    expected = [row["id"] for row in rows(table) if plain(row)]
    assert 0 < len(expected) < 400
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


@pytest.mark.parametrize("text", HOSTILE)
def test_values_stay_values(engine, source, text) -> None:
    assert kept(engine, source, Compare("区域", "=", text)) == []
    assert kept(engine, source, In("区域", (text, "no"))) == []
    assert kept(engine, source, Like("区域", text)) == []
    found = kept(engine, source, Contains("comment", text))
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
