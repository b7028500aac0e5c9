from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import t as student

import cxstats
from cxstats.comparisons import paired_difference
from cxstats.errors import InputError


def test_the_variance_of_a_panel_is_that_of_the_changes() -> None:
    changes = np.array([2] * 5 + [1] * 20 + [0] * 50 + [-1] * 10 + [-2] * 1)
    counted = {float(d): int((changes == d).sum()) for d in (-2, -1, 0, 1, 2)}
    tested = paired_difference(counted)
    n = len(changes)
    variance = ((changes**2).sum() - changes.sum() ** 2 / n) / n**2
    assert tested.value == pytest.approx(changes.mean())
    assert tested.std_error == pytest.approx(np.sqrt(variance))
    half = student.ppf(0.975, n - 1) * np.sqrt(variance)
    assert tested.upper - tested.value == pytest.approx(half)


def test_a_panel_where_nobody_moved_is_not_certain() -> None:
    tested = paired_difference({0.0: 30})
    assert tested.value == 0
    assert tested.lower < 0 < tested.upper
    assert tested.p == 1
    with pytest.raises(InputError, match="both occasions"):
        paired_difference({})


def test_only_people_with_both_answers_are_compared() -> None:
    data = pa.table(
        {
            "w1": [3, 3, 8, 10, None, 9, 11] * 30,
            "w2": [9, 8, 9, 10, 9, None, 9] * 30,
            "city": ["a", "a", "b", "b", "a", "a", "b"] * 30,
        }
    )
    found = cxstats.compare_paired(data, before="w1", after="w2", by="city")
    a, b = found
    assert (a.by["city"], a.estimate.n, b.estimate.n) == ("a", 60, 60)
    assert a.estimate.value == pytest.approx(150)
    assert b.estimate.value == pytest.approx(50)
    assert a.baseline_estimate.value == -100
    assert a.compared_estimate.value == 50
    assert (a.verdict, b.verdict) == ("rose", "rose")
    assert found.excluded == {"blank": 60, "out_of_range": 30}


def test_a_panel_is_more_precise_than_two_samples_of_its_size() -> None:
    before = np.array([3, 7, 8, 10, 9, 10] * 40)
    data = pa.table({"w1": before, "w2": np.where(before == 7, 9, before)})
    panel = cxstats.compare_paired(data, before="w1", after="w2")[0]
    stacked = pa.table(
        {
            "q": [*data["w1"].to_pylist(), *data["w2"].to_pylist()],
            "wave": [1] * 240 + [2] * 240,
        }
    )
    apart = cxstats.compare(stacked, score="q", between="wave")[0]
    assert panel.estimate.value == pytest.approx(apart.estimate.value)
    assert panel.estimate.std_error < apart.estimate.std_error


def test_no_complete_pair_is_an_error() -> None:
    data = pa.table({"w1": [1, None], "w2": pa.array([None, 5])})
    with pytest.raises(InputError, match="nobody has a valid answer"):
        cxstats.compare_paired(data, before="w1", after="w2")
