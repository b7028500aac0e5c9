"""Every engine reads the same rows from files, joins and tables it made."""

from __future__ import annotations

import sys
from math import isnan

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cxstats.engine import (
    EngineTable,
    HistogramQuery,
    Joined,
    MomentsQuery,
    ParquetFiles,
    SliceQuery,
    TagQuery,
    as_source,
)
from cxstats.errors import EngineError, InputError, UnsupportedError
from cxstats.filters import parse_filter
from tests.conformance.plain import assert_same, grouped, rows
from tests.conformance.samples import REGION, SCORE, customers

PRIMITIVES = (
    "kinds",
    "score_histogram",
    "value_histogram",
    "group_moments",
    "cross_products",
    "slice_scan",
    "daily_series",
    "previous_answers",
    "distinct_count",
    "text_counts",
    "top_rows",
    "join_check",
    "rule_tags",
)


def test_gaps_are_declared_with_a_reason(engine, record_property) -> None:
    for gap, reason in engine.gaps.items():
        record_property(f"{engine.name} gap: {gap}", reason)
        sys.stdout.write(f"{engine.name} has a gap: {gap}: {reason}\n")
        assert gap.split(" ")[0] in PRIMITIVES
        assert len(reason) > 20
    assert all(callable(getattr(engine, name)) for name in PRIMITIVES)


def test_files_are_united_by_column_name(engine, table, tmp_path) -> None:
    first = table.slice(0, 150)
    second = table.slice(150).drop_columns(["channel"])
    second = second.select(second.column_names[::-1])
    paths = (
        str(tmp_path / "一 月's {1,2}%20[a].parquet"),
        str(tmp_path / "month=2" / "b.parquet"),
    )
    (tmp_path / "month=2").mkdir()
    pq.write_table(first, paths[0])
    pq.write_table(second, paths[1])
    (tmp_path / "month=2" / "unfinished.parquet").write_bytes(b"PAR1 broken")
    expected = grouped(
        [
            {**row, "channel": row["channel"] if at < 150 else None}
            for at, row in enumerate(rows(table))
        ],
        lambda row: (row["channel"], row["at"], row[SCORE]),
        lambda group: (len(group),),
    )
    source = ParquetFiles(paths)
    assert "month" not in engine.kinds(source)
    found = engine.score_histogram(source, HistogramQuery(SCORE, ("channel", "at")))
    assert_same(found, expected, 3, ["channel", "at", "score", "n"])


JOINS = [
    pytest.param(("customer_no", "no"), id="numbers"),
    pytest.param(("customer_no", "no_text"), id="number to text"),
]


@pytest.mark.parametrize("keys", JOINS)
@pytest.mark.parametrize("kind", ["inner", "left", "semi", "anti"])
def test_joins(engine, source, operational, table, kind, keys) -> None:
    left_key, right_key = keys
    known = rows(customers())
    joined = []
    for row in rows(table):
        key = row[left_key]
        matches = [other for other in known if key is not None and other["no"] == key]
        if kind in {"semi", "anti"}:
            joined += [row] if bool(matches) == (kind == "semi") else []
            continue
        for other in matches or ([{}] if kind == "left" else []):
            joined.append(
                {**row, "套餐": other.get("套餐"), "theirs": other.get("arpu")}
            )
    join = Joined(source, operational, left_key, right_key, kind)
    if kind in {"semi", "anti"}:
        query = HistogramQuery(SCORE, (REGION,))
        expected = grouped(
            joined, lambda row: (row[REGION], row[SCORE]), lambda group: (len(group),)
        )
        found = engine.score_histogram(join, query)
        return assert_same(found, expected, 2, [REGION, "score", "n"])
    query = HistogramQuery(
        SCORE,
        ("套餐", "arpu (right)"),
        where=parse_filter("arpu > 0 or arpu is null or arpu <= 0"),
    )
    kept = [row for row in joined if row["arpu"] is None or not isnan(row["arpu"])]
    expected = grouped(
        kept,
        lambda row: (row["套餐"], row["theirs"], row[SCORE]),
        lambda group: (len(group),),
    )
    found = engine.score_histogram(join, query)
    return assert_same(found, expected, 3, ["套餐", "arpu (right)", "score", "n"])


def test_join_check_counts_what_a_join_would_do(engine, source, operational) -> None:
    join = Joined(source, operational, "customer_no", "no", "inner")
    counts = engine.join_check(join).to_pylist()[0]
    inner = engine.score_histogram(join, HistogramQuery(SCORE))
    semi = Joined(source, operational, "customer_no", "no", "semi")
    matched = engine.score_histogram(semi, HistogramQuery(SCORE))
    assert counts["left_rows"] == 400
    assert counts["right_rows"] == 45
    assert counts["right_keyed"] == 43
    assert counts["right_distinct"] == 40
    assert counts["joined_rows"] == sum(inner["n"].to_pylist())
    assert counts["left_matched"] == sum(matched["n"].to_pylist())
    assert counts["joined_rows"] > counts["left_matched"]


def test_a_join_of_a_join(engine, source, operational, table) -> None:
    names = pa.table({"套餐": ["套餐0", "套餐1"], "tier": ["金", "银"]})
    inner = Joined(source, operational, "customer_no", "no", "inner")
    join = Joined(inner, as_source(names), "套餐", "套餐", "inner")
    tiers = {"套餐0": "金", "套餐1": "银"}
    joined = [
        {**row, "tier": tiers[other["套餐"]]}
        for row in rows(table)
        for other in rows(customers())
        if row["customer_no"] is not None
        and row["customer_no"] == other["no"]
        and other["套餐"] in tiers
    ]
    expected = grouped(
        joined, lambda row: (row["tier"], row["raw"]), lambda group: (len(group),)
    )
    found = engine.score_histogram(join, HistogramQuery("raw", ("tier",)))
    assert_same(found, expected, 2, ["tier", "score", "n"])


def test_rules_become_tags_that_can_be_asked(engine, source, table, request) -> None:
    rules = (
        ("高价值", parse_filter("arpu >= 100 and tenure > 6")),
        ("detractor's", parse_filter('"满意度 评分" between 0 and 6')),
        ("slow", parse_filter("comment contains '慢'")),
    )
    into = EngineTable(f"tags_{abs(hash(request.node.name)) % 10**8}")
    query = TagQuery(rules, ("id", REGION))
    counts = engine.rule_tags(source, query, into)

    def tags(row):
        arpu = None if row["arpu"] is None else row["arpu"] >= 100
        tenure = None if row["tenure"] is None else row["tenure"] > 6
        known = arpu is False or tenure is False or None not in (arpu, tenure)
        return {
            "高价值": bool(arpu and tenure) if known else None,
            "detractor's": None if row[SCORE] is None else 0 <= row[SCORE] <= 6,
            "slow": None if row["comment"] is None else "慢" in row["comment"],
        }

    every = [tags(row) for row in rows(table)]
    expected = [
        (name, *([row[name] for row in every].count(x) for x in (True, False, None)))
        for name, _rule in rules
    ]
    names = ["tag", "n_true", "n_false", "n_unknown"]
    assert_same(counts, expected, 1, names)
    moments = engine.group_moments(into, MomentsQuery("detractor's", (REGION,)))
    assert sum(moments["wx"].to_pylist()) == expected[1][1]
    assert sum(moments["n"].to_pylist()) == 400


def test_a_declared_gap_is_refused_with_its_reason(engine, source, tmp_path) -> None:
    path = tmp_path / "tags.parquet"
    query = TagQuery((("slow", parse_filter("comment contains '慢'")),), ("id",))
    if "rule_tags into Parquet" in engine.gaps:
        with pytest.raises(UnsupportedError, match="Parquet"):
            engine.rule_tags(source, query, ParquetFiles((str(path),)))
        return
    engine.rule_tags(source, query, ParquetFiles((str(path),)))
    assert pq.read_table(path).column_names == ["id", "slow"]


def test_a_missing_table_is_an_error_of_the_engine(engine) -> None:
    with pytest.raises(EngineError):
        engine.kinds(EngineTable("no_such_table"))


def test_slices_refuse_what_was_not_cut(engine, source) -> None:
    with pytest.raises(InputError, match="Bins"):
        engine.slice_scan(source, SliceQuery(SCORE, ("arpu",)))
