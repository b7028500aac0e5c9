"""Every engine gives the numbers that plain loops give, to 1e-9."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest

from cxstats.engine import (
    Bins,
    Column,
    CrossProductsQuery,
    DistinctQuery,
    HistogramQuery,
    MomentsQuery,
    PeriodBucket,
    SliceQuery,
    TextQuery,
    ValuesQuery,
    exact_quantiles,
)
from tests.conformance.plain import (
    assert_same,
    bin_of,
    grouped,
    moment,
    number,
    rows,
    weight,
    weight_sums,
)
from tests.conformance.samples import LONG, REGION, SCORE


def test_kinds_tell_what_columns_hold(engine, source, table) -> None:
    kinds = engine.kinds(source)
    assert list(kinds) == table.column_names
    assert [kinds[name] for name in (SCORE, "raw", "price", "member", "at", "day")] == [
        "integer",
        "text",
        "decimal",
        "boolean",
        "timestamp",
        "date",
    ]


def test_score_histogram_by_text_keys_and_design(engine, source, table) -> None:
    query = HistogramQuery(
        "满意度 评分 ", ("区域", "channel"), "weight", "stratum", "cluster"
    )
    columns = [REGION, "channel", "stratum", "cluster", SCORE]
    expected = grouped(
        rows(table),
        lambda row: tuple(row[name] for name in columns),
        lambda group: (len(group), *weight_sums(group, "weight")),
    )
    names = ["区域", "channel", "stratum", "cluster", "score"]
    found = engine.score_histogram(source, query)
    assert_same(found, expected, 5, [*names, "n", "n_weighted", "w", "w2"])


@pytest.mark.parametrize("score", ["raw", "price", "arpu", "member", "day", LONG, "a"])
def test_score_histogram_keeps_every_raw_value(engine, source, table, score) -> None:
    expected = grouped(
        rows(table), lambda row: (row["A"], row[score]), lambda group: (len(group),)
    )
    query = HistogramQuery(score, (Column("A", name="key"),))
    found = engine.score_histogram(source, query)
    assert_same(found, expected, 2, ["key", "score", "n"])


def test_text_weights_count_where_they_are_numbers(engine, source, table) -> None:
    expected = grouped(
        rows(table),
        lambda row: (row[SCORE],),
        lambda group: (len(group), *weight_sums(group, "w_text")),
    )
    found = engine.score_histogram(source, HistogramQuery(SCORE, weight="w_text"))
    assert_same(found, expected, 1, ["score", "n", "n_weighted", "w", "w2"])


def test_bins_and_periods_cut_like_digitize(engine, source, table) -> None:
    edges = (moment("2026-03-29 00:00"), datetime(2026, 3, 30, 4, tzinfo=UTC))
    plain_edges = (moment("2026-03-29 00:00"), moment("2026-03-30 04:00"))
    labels = ("欠费", "零", "low", "high")
    query = HistogramQuery(
        SCORE,
        (
            Bins("arpu", (0, 88.8, 199.0)),
            Bins("raw", (0.0, 8.0, 10.0), name="raw_bin"),
            Bins("tenure", (0, 1, 12), name="tenure_bin", labels=labels),
            PeriodBucket("at", edges),
            PeriodBucket("day", (date(2026, 1, 15), date(2026, 2, 1)), name="half"),
        ),
    )

    def key(row):
        tenure = bin_of(row["tenure"], (0, 1, 12))
        return (
            bin_of(number(row["arpu"]), (0, 88.8, 199.0)),
            bin_of(number(row["raw"]), (0, 8, 10)),
            None if tenure is None else labels[tenure],
            bin_of(row["at"], plain_edges),
            bin_of(row["day"], (date(2026, 1, 15), date(2026, 2, 1))),
            row[SCORE],
        )

    expected = grouped(rows(table), key, lambda group: (len(group),))
    names = ["arpu", "raw_bin", "tenure_bin", "at", "half", "score", "n"]
    assert_same(engine.score_histogram(source, query), expected, 6, names)


@pytest.mark.parametrize("value", ["arpu", "price", "tenure", "raw", "member"])
@pytest.mark.parametrize("by_weight", ["weight", None])
def test_group_moments(engine, source, table, value, by_weight) -> None:
    def answer(group):
        pairs = [
            (1.0 if by_weight is None else weight(row[by_weight]), number(row[value]))
            for row in group
        ]
        used = [(w, x) for w, x in pairs if w is not None and x is not None]
        sums = [
            math.fsum(w**p * x**q for w, x in used)
            for p, q in ((1, 0), (2, 0), (1, 1), (1, 2), (2, 1), (2, 2))
        ]
        numbers = [x for _w, x in used]
        lowest = min(numbers) if numbers else None
        highest = max(numbers) if numbers else None
        return (len(group), len(used), *sums, lowest, highest)

    expected = grouped(rows(table), lambda row: (row["channel"],), answer)
    found = engine.group_moments(
        source, MomentsQuery(value, ("channel",), weight=by_weight)
    )
    names = ["n", "n_used", "w", "w2", "wx", "wx2", "w2x", "w2x2", "lowest", "highest"]
    assert_same(found, expected, 1, ["channel", *names])


@pytest.mark.parametrize("value", ["arpu", "raw", "price"])
def test_value_histogram_gives_exact_quantiles(engine, source, table, value) -> None:
    expected = grouped(
        rows(table),
        lambda row: (number(row[value]),),
        lambda group: (len(group), *weight_sums(group, "weight")),
    )
    found = engine.value_histogram(source, ValuesQuery(value, weight="weight"))
    assert_same(found, expected, 1, ["value", "n", "n_weighted", "w", "w2"])
    numbers = [x for row in rows(table) if (x := number(row[value])) is not None]
    places = [0.0, 0.1, 0.25, 0.5, 0.77, 1.0]
    assert exact_quantiles(found, places) == pytest.approx(np.quantile(numbers, places))


@pytest.mark.parametrize("complete", [True, False])
@pytest.mark.parametrize("by_weight", ["weight", None])
def test_cross_products(engine, source, table, complete, by_weight) -> None:
    values = (SCORE, "arpu", "raw", "price")
    data = [
        (
            1.0 if by_weight is None else weight(row[by_weight]),
            [number(row[name]) for name in values],
        )
        for row in rows(table)
    ]
    expected = []
    for i, j in [*combinations(range(4), 2), *((i, i) for i in range(4))]:
        needed = range(4) if complete else (i, j)
        used = [
            (w, x[i], x[j])
            for w, x in data
            if w is not None and all(x[at] is not None for at in needed)
        ]
        sums = (
            [w for w, _x, _y in used],
            [w * x for w, x, _y in used],
            [w * y for w, _x, y in used],
            [w * x * x for w, x, _y in used],
            [w * y * y for w, _x, y in used],
            [w * x * y for w, x, y in used],
        )
        expected.append((i, j, len(used), *(math.fsum(item) for item in sums)))
    found = engine.cross_products(
        source, CrossProductsQuery(values, by_weight, complete=complete)
    )
    names = ["w", "w_left", "w_right", "w_left2", "w_right2", "w_product"]
    assert_same(found, expected, 2, ["left", "right", "n", *names])


SLICE_KEYS = (
    REGION,
    "member",
    "tenure",
    Bins("arpu", (0, 100.0), name="bin", labels=("负", "低", "高")),
    PeriodBucket("day", (date(2026, 1, 15),), name="half"),
)


def _slice_values(row):
    arpu = bin_of(number(row["arpu"]), (0, 100.0))
    half = bin_of(row["day"], (date(2026, 1, 15),))
    return (
        row[REGION],
        None if row["member"] is None else str(row["member"]).lower(),
        None if row["tenure"] is None else str(row["tenure"]),
        None if arpu is None else ("负", "低", "高")[arpu],
        None if half is None else str(half),
    )


@pytest.mark.parametrize("by_weight", ["weight", None])
def test_slices_of_one_key(engine, source, table, by_weight) -> None:
    expected = []
    for at in range(len(SLICE_KEYS)):
        expected += grouped(
            rows(table),
            lambda row, at=at: (at, _slice_values(row)[at], row["raw"]),
            lambda group: (
                len(group),
                *(weight_sums(group, by_weight) if by_weight else ()),
            ),
        )
    found = engine.slice_scan(source, SliceQuery("raw", SLICE_KEYS, weight=by_weight))
    sums = ["n_weighted", "w", "w2"] if by_weight else []
    assert_same(found, expected, 3, ["key", "value", "score", "n", *sums])


def test_slices_of_two_keys(engine, source, table) -> None:
    expected = []
    for i, j in combinations(range(len(SLICE_KEYS)), 2):
        expected += grouped(
            rows(table),
            lambda row, i=i, j=j: (
                i,
                _slice_values(row)[i],
                j,
                _slice_values(row)[j],
                row[SCORE],
            ),
            lambda group: (len(group),),
        )
    found = engine.slice_scan(source, SliceQuery(SCORE, SLICE_KEYS, order=2))
    names = ["key", "value", "other_key", "other_value", "score", "n"]
    assert_same(found, expected, 5, names)


def test_distinct_count_is_exact(engine, source, table) -> None:
    def answer(group):
        known = [row["customer"] for row in group if row["customer"] is not None]
        return len(group), len(known), len(set(known))

    expected = grouped(rows(table), lambda row: (row[REGION],), answer)
    found = engine.distinct_count(source, DistinctQuery("customer", (REGION,)))
    assert_same(found, expected, 1, [REGION, "n", "n_values", "n_distinct"])


def test_text_is_measured_in_characters(engine, source, table) -> None:
    phrases = ("慢", "O'Neill", "%_", "\\", "😀")

    def answer(group):
        texts = [row["comment"] for row in group if row["comment"] is not None]
        return (
            len(group),
            sum(text.strip(" ") != "" for text in texts),
            sum(map(len, texts)),
            max(map(len, texts), default=0),
            *(sum(phrase in text for text in texts) for phrase in phrases),
        )

    expected = grouped(rows(table), lambda row: (row["channel"],), answer)
    query = TextQuery("comment", phrases, ("channel",))
    names = ["n", "n_text", "characters", "longest"]
    names += [f"contains_{at}" for at in range(5)]
    assert_same(engine.text_counts(source, query), expected, 1, ["channel", *names])


def test_an_empty_table_gives_empty_answers(engine, empty) -> None:
    assert engine.score_histogram(empty, HistogramQuery(SCORE, (REGION,))).num_rows == 0
    found = engine.cross_products(empty, CrossProductsQuery(("arpu", "tenure")))
    assert found["n"].to_pylist() == [0, 0, 0]
    assert found["w_product"].to_pylist() == [0.0, 0.0, 0.0]
    moments = engine.group_moments(empty, MomentsQuery("arpu")).to_pylist()
    assert (moments[0]["n"], moments[0]["wx"], moments[0]["lowest"]) == (0, 0.0, None)
    texts = engine.text_counts(empty, TextQuery("comment", ("慢",))).to_pylist()
    assert texts == [
        {"n": 0, "n_text": 0, "characters": 0, "longest": 0, "contains_0": 0}
    ]
    assert engine.slice_scan(empty, SliceQuery(SCORE, ("member",))).num_rows == 0


def test_answers_have_the_promised_types(engine, source) -> None:
    query = HistogramQuery(
        "price", (REGION, "cluster", "member", "at", "day"), "weight"
    )
    types = [item.type for item in engine.score_histogram(source, query).schema]
    assert types == [
        pa.string(),
        pa.int64(),
        pa.bool_(),
        pa.timestamp("us"),
        pa.date32(),
        pa.float64(),
        pa.int64(),
        pa.int64(),
        pa.float64(),
        pa.float64(),
    ]
