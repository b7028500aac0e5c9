"""Raking and post-stratification: what holds, what is refused, what is written."""

from __future__ import annotations

import functools
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cxstats
from cxstats.engine import Engine, open_engine
from cxstats.errors import InputError
from cxstats.weighting.calibration import trim_weights

ROWS = pa.table(
    {
        "region": ["北"] * 60 + ["南"] * 30 + ["西"] * 10,
        "sex": (["f"] * 3 + ["m"]) * 25,
        "q": ([10] * 6 + [7] * 2 + [3] * 2) * 10,
    }
)
TARGETS = {"region": {"北": 500, "南": 300, "西": 200}, "sex": {"f": 500, "m": 500}}


def sums(table: pa.Table, column: str) -> dict[Any, float]:
    grouped = table.group_by(column).aggregate([("weight", "sum")]).to_pylist()
    return {row[column]: row["weight_sum"] for row in grouped}


@functools.cache
def shared_engine() -> Engine:
    """Open one engine for all examples of a property."""
    return open_engine()


def kinds(made: cxstats.Weighting) -> set[str]:
    return {notice.kind for notice in made.warnings}


def test_weights_on_the_rows_meet_every_margin() -> None:
    weighted = cxstats.rake(ROWS, TARGETS).apply(ROWS)
    assert weighted.column_names == [*ROWS.column_names, "weight"]
    for column, targets in TARGETS.items():
        assert sums(weighted, column) == pytest.approx(targets)


def test_shares_keep_the_number_of_answers() -> None:
    shares = {k: {v: t / 1000 for v, t in row.items()} for k, row in TARGETS.items()}
    made = cxstats.rake(ROWS, shares)
    assert made.after.total == pytest.approx(100)
    counts = cxstats.rake(ROWS, TARGETS)
    assert made.weights * 10 == pytest.approx(counts.weights)


def test_shares_of_one_variable_take_the_total_of_the_counts_of_another() -> None:
    mixed = {"region": TARGETS["region"], "sex": {"f": 0.5, "m": 0.5}}
    made = cxstats.rake(ROWS, mixed)
    assert made.weights == pytest.approx(cxstats.rake(ROWS, TARGETS).weights)


def test_a_joint_margin_is_post_stratification() -> None:
    counted = ROWS.group_by(["region", "sex"]).aggregate([([], "count_all")])
    cells = {(r["region"], r["sex"]): r["count_all"] * 3 for r in counted.to_pylist()}
    made = cxstats.poststratify(ROWS, {("region", "sex"): cells})
    assert made.weights == pytest.approx(np.full(6, 3.0))
    assert made.after.kish == pytest.approx(1)


def test_a_table_of_targets_reads_like_a_mapping(tmp_path: Path) -> None:
    rows = [(k, v, t) for k, row in TARGETS.items() for v, t in row.items()]
    frame = pd.DataFrame(rows, columns=["variable", "value", "target"])
    path = tmp_path / "targets.csv"
    frame.to_csv(path, index=False)
    expected = cxstats.rake(ROWS, TARGETS).weights
    assert cxstats.rake(ROWS, frame).weights == pytest.approx(expected)
    assert cxstats.rake(ROWS, path).weights == pytest.approx(expected)
    joint = pd.DataFrame(
        {
            "variable": ["region*sex"] * 6,
            "value": [f"{r}*{s}" for r in "北南西" for s in "fm"],
            "target": [10, 20, 30, 40, 50, 60],
        }
    )
    weighted = cxstats.poststratify(ROWS, joint).apply(ROWS)
    assert sums(weighted, "region") == pytest.approx({"北": 30, "南": 70, "西": 110})


def test_numbers_texts_and_missing_values_meet_by_their_text() -> None:
    data = pa.table({"wave": [1, 2, 2, None], "old": [True, False, True, False]})
    targets = {"wave": {"1": 1.5, 2.0: 1.5, None: 1}, "old": {True: 2, "FALSE": 2}}
    made = cxstats.rake(data, targets)
    assert made.miss < 1e-10
    floats = pa.table({"wave": [1.0, 2.0, 2.0, math.nan], "old": data["old"]})
    assert cxstats.rake(floats, targets).weights == pytest.approx(made.weights)
    assert cxstats.rake(floats, targets).apply(floats)["weight"].null_count == 0


def test_unusable_base_weights_are_left_out_and_counted() -> None:
    bad = [math.nan, None, 0.0, -1.0, math.inf]
    data = ROWS.append_column("w", pa.array(bad + [1.0] * 95, pa.float64()))
    made = cxstats.rake(data, TARGETS, weight="w")
    assert made.after.n == 95
    assert any("5 answers have no usable" in w.message for w in made.warnings)
    weights = made.apply(data, name="final")["final"].to_pylist()
    assert weights[:5] == [None] * 5
    assert sum(weights[5:]) == pytest.approx(1000)
    assert made.estimate(data, "q").n == 95


def test_weights_of_one_change_nothing() -> None:
    data = ROWS.append_column("w", pa.array([1.0] * 100))
    one, other = cxstats.rake(ROWS, TARGETS), cxstats.rake(data, TARGETS, weight="w")
    assert one.weights == pytest.approx(other.weights)
    left, right = one.estimate(ROWS, "q"), other.estimate(data, "q")
    assert left.std_error == pytest.approx(right.std_error)


@pytest.mark.parametrize(
    ("targets", "said"),
    [
        ({"region": {"北": 1, "南": 1}}, r"10 answers have region = '西'.*no target"),
        ({"region": {"北": 5, "南": 5, "西": 0}}, "target of 0"),
        (
            {"region": {"北": 5, "南": 5, "西": 3, "东": 4}},
            r"no answer has region = '东', whose target is 4",
        ),
        ({"region": {"北": 0.5, "南": 0.2, "西": 0.2}}, "add up to 0.9; shares"),
        ({**TARGETS, "sex": {"f": 500, "m": 400}}, "'sex' to 900"),
        ({"region": {"北": -1, "南": 5, "西": 3}}, "a number of 0 or more"),
        ({"region": {"北": "many", "南": 5, "西": 3}}, "is no number"),
        ({"region": 3}, "must map each value"),
        ({("region", "sex"): {"北": 3}}, "names 1 values"),
        ({"regio": {"北": 3}}, "did you mean 'region'"),
        ({}, "no target"),
        (pa.table({"variable": ["sex"], "value": ["f"]}), "target"),
    ],
)
def test_targets_that_cannot_be_met_are_refused_by_name(
    targets: Any, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        cxstats.rake(ROWS, targets)


def test_missing_values_need_a_target_or_a_filter() -> None:
    data = pa.table({"sex": ["f", "m", None]})
    with pytest.raises(InputError, match=r"1 answers have sex = \(missing\)"):
        cxstats.rake(data, {"sex": {"f": 1, "m": 1}})
    made = cxstats.rake(data, {"sex": {"f": 3, "m": 1}}, where="sex is not null")
    assert made.weights.tolist() == [3.0, 1.0]
    with pytest.raises(InputError, match="made under a filter"):
        made.apply(data)


def test_margins_that_contradict_the_answers_name_the_worst_value() -> None:
    data = pa.table({"a": ["x", "y"], "b": ["p", "q"]})
    with pytest.raises(InputError, match=r"adds up to .* instead of"):
        cxstats.rake(data, {"a": {"x": 9, "y": 1}, "b": {"p": 1, "q": 9}})


def test_bounds_hold_together_with_the_margins() -> None:
    free = cxstats.rake(ROWS, TARGETS)
    ratio = free.weights / 10
    assert ratio.max() > 2.6
    held = cxstats.rake(ROWS, TARGETS, bounds=(0.4, 2.6))
    assert (held.weights / 10).max() <= 2.6 + 1e-12
    assert held.miss < 1e-10
    with pytest.raises(InputError, match=r"region = '西' can add up to .* widen"):
        cxstats.rake(ROWS, TARGETS, bounds=(0.5, 1.5))
    with pytest.raises(InputError, match="ratios below and above 1"):
        cxstats.rake(ROWS, TARGETS, bounds=(2, 3))


def test_trimming_keeps_the_margins_where_it_can() -> None:
    free = cxstats.rake(ROWS, TARGETS)
    ratio = free.after.largest / free.after.median
    trim = 0.95 * ratio
    made = cxstats.rake(ROWS, TARGETS, trim=trim)
    assert made.cap == pytest.approx(trim * free.after.median)
    assert made.after.largest <= made.cap * (1 + 1e-12)
    assert made.miss < 1e-10
    assert "trimming" not in kinds(made)
    assert made.untrimmed == free.after


def test_trimming_redistributes_and_says_how_far_margins_are_off() -> None:
    targets = {"region": {"北": 300, "南": 200, "西": 500}}
    made = cxstats.poststratify(ROWS, targets, trim=5)
    assert made.after.largest == pytest.approx(made.cap)
    assert made.after.total == pytest.approx(1000)
    assert "trimming" in kinds(made)
    assert made.after.n_effective > made.untrimmed.n_effective
    assert made.miss > 0.4
    with pytest.raises(InputError, match="above 1"):
        cxstats.poststratify(ROWS, targets, trim=1)


def test_what_is_cut_is_shared_in_proportion() -> None:
    n, weights = np.array([8.0, 1.0, 1.0]), np.array([1.0, 3.0, 9.0])
    trimmed = trim_weights(n, weights, 4.0)
    assert trimmed.tolist() == pytest.approx([12 / 8, 4.0, 4.0])


def test_a_census_margin_leaves_no_variance_of_what_it_explains() -> None:
    answers = {"f": 10, "m": 3}
    data = ROWS.set_column(2, "q", pa.array([answers[s.as_py()] for s in ROWS["sex"]]))
    found = cxstats.rake(data, {"sex": {"f": 0.5, "m": 0.5}}).estimate(data, "q")
    assert found.value == pytest.approx(0)
    assert found.std_error == pytest.approx(0, abs=1e-12)
    # No interval pretends to certainty: the answers still are a hundred.
    assert found.method == "score_effective"
    assert found.upper - found.lower > 20
    assert found.n_effective <= 100
    sex = cxstats.rake(data, {"sex": {"f": 0.5, "m": 0.5}})
    mean = sex.estimate(data, "q", statistic="mean", scale="0-10")
    assert mean.method == "bounded_effective"
    assert mean.lower < 6.5 < mean.upper
    free = sex.estimate(data, "q", statistic="mean")
    assert math.isnan(free.lower)


def test_values_with_few_answers_are_named() -> None:
    found = cxstats.rake(ROWS, TARGETS).warnings
    assert [notice.kind for notice in found] == ["thin_cells"]
    assert "region = '西' (10)" in found[0].message
    assert not cxstats.rake(ROWS, {"sex": TARGETS["sex"]}).warnings


def test_numbers_and_totals_leave_out_codes_of_no_answer() -> None:
    fee = pa.array(["10", "20.5", "-", "999", " ", None] + ["30"] * 94)
    data = ROWS.append_column("fee", fee)
    made = cxstats.rake(data, {"sex": TARGETS["sex"]})
    codes = ("-", 999)
    mean = made.estimate(data, "fee", statistic="mean", missing=codes)
    assert mean.n == 96
    assert 29 < mean.value < 30
    total = made.estimate(data, "fee", statistic="total", missing=codes)
    assert total.value == pytest.approx(mean.value * 960, rel=0.02)
    words = made.estimate(data, "fee", statistic="mean", missing=(999,))
    assert words.n == 96


def test_other_rows_than_those_weighted_are_refused() -> None:
    made = cxstats.rake(ROWS, TARGETS)
    other = ROWS.set_column(0, "region", pa.array(["东"] * 100))
    with pytest.raises(InputError, match="were not weighted"):
        made.estimate(other, "q")
    assert made.apply(other)["weight"].null_count == 100
    with pytest.raises(InputError, match="statistic must be"):
        made.estimate(ROWS, "q", statistic="median")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="already"):
        made.apply(ROWS, name="sex")


def test_no_rows_are_refused() -> None:
    with pytest.raises(InputError, match="no answer to weight"):
        cxstats.rake(ROWS, TARGETS, where="sex = 'x'")


def test_ten_thousand_values_are_weighted() -> None:
    names = [str(i) for i in range(10_000)]
    data = pa.table({"shop": names * 2, "sex": ["f", "m"] * 10_000})
    targets = {"shop": dict.fromkeys(names, 3.0), "sex": {"f": 15_000, "m": 15_000}}
    assert cxstats.rake(data, targets).miss < 1e-10


def test_a_result_shows_itself() -> None:
    made = cxstats.rake(ROWS, TARGETS, trim=5)
    assert "region = 北" in str(made)
    assert "Kish effect" in repr(made)
    assert made.to_pandas()["n"].sum() == 100
    assert set(made.to_dict()["diagnostics"]) == {
        "before",
        "untrimmed",
        "after",
        "cap",
    }
    assert made.chart().to_dict()["mark"]["type"] == "point"


@settings(max_examples=20)
@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.integers(1, 3)),
        min_size=1,
        max_size=30,
    ),
    st.randoms(use_true_random=False),
)
def test_order_of_rows_is_irrelevant_and_margins_hold(
    rows: list[tuple[str, str, int]], random: Any
) -> None:
    # One row of every combination makes any targets reachable.
    rows = rows + [(a, b, 1) for a in "ab" for b in "xyz"]
    targets = {"a": {"a": 0.3, "b": 0.7}, "b": {"x": 0.2, "y": 0.5, "z": 0.3}}

    def made(ordered: list[tuple[str, str, int]]) -> cxstats.Weighting:
        a, b, w = zip(*ordered, strict=True)
        data = pa.table({"a": a, "b": b, "w": w})
        return cxstats.rake(data, targets, weight="w", engine=shared_engine())

    one = made(rows)
    random.shuffle(rows)
    other = made(rows)
    assert one.cells.labels == other.cells.labels
    assert one.weights == pytest.approx(other.weights, rel=1e-9)
    assert one.miss < 1e-10
