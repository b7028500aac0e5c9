"""Every engine gives the same days, predecessors and first rows as plain loops."""

from __future__ import annotations

import math
from datetime import UTC, date
from zoneinfo import ZoneInfo

import pytest

from cxstats.engine import DailyQuery, OrderBy, PreviousQuery, TopQuery
from tests.conformance.plain import assert_same, grouped, moment, rows, weight_sums
from tests.conformance.samples import REGION, SCORE


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "Europe/Berlin"])
def test_daily_series_by_local_day(engine, source, table, zone) -> None:
    first, last = date(2026, 3, 28), date(2026, 3, 31)

    def day(row):
        if row["at"] is None:
            return None
        return row["at"].replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()

    kept = [row for row in rows(table) if day(row) and first <= day(row) <= last]
    expected = grouped(
        kept,
        lambda row: (day(row), row["channel"], row[SCORE]),
        lambda group: (len(group), *weight_sums(group, "weight")),
    )
    query = DailyQuery("at", SCORE, first, last, zone, ("channel",), "weight")
    found = engine.daily_series(source, query)
    names = ["day", "channel", "score", "n", "n_weighted", "w", "w2"]
    assert_same(found, expected, 3, names)
    assert found["day"].to_pylist() == sorted(found["day"].to_pylist())


def test_a_date_is_its_own_day_in_every_zone(engine, source, table) -> None:
    first, last = date(2026, 1, 3), date(2026, 1, 20)
    kept = [row for row in rows(table) if row["day"] and first <= row["day"] <= last]
    expected = grouped(
        kept, lambda row: (row["day"], row[SCORE]), lambda group: (len(group),)
    )
    query = DailyQuery("day", SCORE, first, last, "Asia/Shanghai")
    assert_same(engine.daily_series(source, query), expected, 2, ["day", "score", "n"])


@pytest.mark.parametrize("score", [SCORE, "raw"])
def test_previous_answer_of_each_customer(engine, source, table, score) -> None:
    early = moment("0001-01-01")
    ordered = sorted(
        (row for row in rows(table) if row["customer"] is not None),
        key=lambda row: (row["customer"], row["at"] or early, row["id"]),
    )
    pairs = []
    for at, row in enumerate(ordered):
        is_first = at == 0 or ordered[at - 1]["customer"] != row["customer"]
        previous = None if is_first else ordered[at - 1][score]
        pairs.append((row["channel"], int(is_first), previous, row[score]))
    expected = grouped(
        [{"pair": pair} for pair in pairs],
        lambda row: row["pair"],
        lambda group: (len(group),),
    )
    query = PreviousQuery("customer", ("at", "id"), score, ("channel",))
    names = ["channel", "is_first", "previous", "score", "n"]
    assert_same(engine.previous_answers(source, query), expected, 4, names)


@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("column", ["arpu", REGION, "at", "price"])
def test_top_rows_put_null_last(engine, source, table, column, descending) -> None:
    query = TopQuery(
        ("id", column, "comment"),
        (OrderBy(column, descending=descending), OrderBy("id")),
        k=25,
        offset=300,
    )

    def place(row):
        value = row[column]
        if isinstance(value, float) and not math.isfinite(value):
            return None
        return value.encode() if isinstance(value, str) else value

    known = [row for row in rows(table) if place(row) is not None]
    known.sort(key=place, reverse=descending)  # Stable: ids stay in rising order.
    unknown = [row for row in rows(table) if place(row) is None]
    expected = [row["id"] for row in [*known, *unknown]][300:325]
    found = engine.top_rows(source, query)
    assert found.column_names == ["id", column, "comment"]
    assert found["id"].to_pylist() == expected
    by_id = {row["id"]: row for row in rows(table)}
    comments = [by_id[at]["comment"] for at in expected]
    assert found["comment"].to_pylist() == comments


def test_top_rows_repeat_a_value_as_it_is_stored(engine, source, table) -> None:
    query = TopQuery(("id", "at", "day", "member", "raw"), (OrderBy("id"),), k=50)
    expected = table.select(query.select).slice(0, 50)
    assert engine.top_rows(source, query).to_pylist() == expected.to_pylist()
