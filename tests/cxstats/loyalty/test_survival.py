"""How long customers stay: invariants, odd input, faces of the result."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cxstats
from cxstats.errors import InputError

ROWS = st.lists(
    st.tuples(st.integers(0, 6), st.booleans(), st.sampled_from("ab")),
    min_size=2,
    max_size=30,
)


ENGINE = cxstats.open_engine()


def stay(rows, **named):
    time, left, group = zip(*rows, strict=True)
    table = pa.table(
        {"time": time, "left": left, "group": group, "one": [1.0] * len(time)}
    )
    return cxstats.survival(
        table, duration="time", event="left", engine=ENGINE, **named
    )


def curve_of(result):
    return [list(row.values())[1:] for row in result.curves[0].rows()]


@given(ROWS, st.randoms(use_true_random=False))
@settings(max_examples=12)
def test_order_and_weights_of_one_change_nothing_and_shares_fall(rows, random):
    plain = stay(rows)
    again = stay(random.sample(rows, len(rows)), weight="one")
    np.testing.assert_allclose(curve_of(plain), curve_of(again), atol=1e-12)
    shares = [row["survival"] for row in plain.curves[0].rows()]
    assert all(0 <= b <= a <= 1 for a, b in zip([1, *shares], shares, strict=False))
    for row in plain.curves[0].rows():
        assert row["lower"] <= row["survival"] + 1e-12 <= row["upper"] + 2e-12


@given(ROWS)
@settings(max_examples=12)
def test_merged_counts_equal_pooled_rows(rows):
    pooled = stay(rows)
    counts = []
    for group in "ab":
        part = [row for row in rows if row[2] == group]
        for time in {row[0] for row in rows}:
            there = sum(row[0] >= time for row in part)
            left = sum(row[0] == time and row[1] for row in part)
            counts.append({"t": time, "n": there, "e": left})
    merged = cxstats.survival_from_counts(
        pa.Table.from_pylist(counts),
        time="t",
        at_risk="n",
        events="e",
        engine=ENGINE,
    )
    np.testing.assert_allclose(curve_of(pooled), curve_of(merged), atol=1e-12)


def test_weights_count_like_repeated_customers():
    rows = [(1, True, "a"), (2, False, "a"), (3, True, "a"), (4, False, "a")]
    table = pa.table({"t": [1, 2, 3, 4], "e": [1, 0, 1, 0], "w": [2.0, 1.0, 3.0, 0.0]})
    weighted = cxstats.survival(table, duration="t", event="e", weight="w")
    repeated = stay([rows[0]] * 2 + [rows[1]] + [rows[2]] * 3)
    assert weighted.curve().at(3).value == repeated.curve().at(3).value
    assert weighted.excluded["no_weight"] == 1
    assert weighted.curve().at(3).n_effective == pytest.approx(36 / 14)
    assert repeated.curve().at(3).n_effective == 6


def test_groups_are_tested_and_compared_with_the_largest():
    rng = np.random.default_rng(1)
    group = rng.choice(["big", "small"], 600, p=[0.7, 0.3])
    time = np.ceil(rng.exponential(np.where(group == "big", 10, 5)))
    frame = pd.DataFrame({"t": time, "e": time < 20, "g": group})
    found = cxstats.survival(frame, duration="t", event="e", by="g")
    assert [curve.group for curve in found.curves] == ["big", "small"]
    ratio = found.curves[1].hazard_ratio
    assert found.curves[0].hazard_ratio.value == 1
    assert ratio.lower < 2 < ratio.upper
    assert found.test.df == 1
    assert found.test.p < 1e-6
    weighted = cxstats.survival(
        frame.assign(w=1.0), duration="t", event="e", by="g", weight="w"
    )
    assert weighted.test is None
    assert [notice.kind for notice in weighted.warnings] == ["weights"]


def test_nobody_or_everybody_leaving_is_no_crash():
    none = stay([(3, False, "a"), (5, False, "b")], by="group")
    assert none.curve("a").at(2).value == 1
    assert math.isnan(none.curve("a").median.value)
    assert math.isnan(none.curves[1].hazard_ratio.value)
    assert "empty" in [notice.kind for notice in none.warnings]
    every = stay([(1, True, "a"), (1, True, "b")], by="group")
    assert every.curve("a").at(1).value == 0
    assert math.isnan(every.curve("a").at(2).value)


def test_blanks_are_left_out_and_counted_in_every_spelling():
    table = pa.table(
        {"t": [1.0, None, math.nan, -1, 2, 3], "e": ["yes", "no", "1", "0", None, "否"]}
    )
    found = cxstats.survival(table, duration="t", event="e")
    assert found.curve().table.n == 2
    assert found.excluded == {"no_duration": 3, "no_event": 1, "no_weight": 0}


def test_result_has_four_faces():
    found = stay([(1, True, "a"), (2, False, "b"), (3, True, "b")] * 20, by="group")
    data = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert data["curves"][0]["times"][0].keys() >= {"time", "survival", "lower"}
    assert len(found.to_pandas()) == 3
    assert "survival" in json.dumps(found.chart().to_dict())
    assert "log-rank" in str(found)


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ({"event": "group"}, "an event is 1 or 0"),
        ({"level": 2}, "between 0 and 1"),
        ({"where": "time > 99"}, "no row has a duration"),
        ({"by": "nobody"}, "no column named"),
    ],
)
def test_what_cannot_be_read_is_refused(named, message):
    table = pa.table({"time": [1, 2], "left": [1, 0], "group": ["a", "b"]})
    with pytest.raises(InputError, match=message):
        cxstats.survival(table, **{"duration": "time", "event": "left", **named})


def test_more_leaving_than_there_are_is_refused():
    table = pa.table({"t": [1], "n": [1], "e": [2]})
    with pytest.raises(InputError, match="between 0 and the customers at risk"):
        cxstats.survival_from_counts(table, time="t", at_risk="n", events="e")


def test_ten_thousand_groups_are_refused_with_advice():
    table = pa.table(
        {"t": [1] * 300, "e": [1] * 300, "g": [str(i) for i in range(300)]}
    )
    with pytest.raises(InputError, match="group them first"):
        cxstats.survival(table, duration="t", event="e", by="g")
