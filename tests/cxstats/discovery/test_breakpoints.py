"""Breakpoints: found where they are, tested, and silent where there are none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cxstats
from cxstats.discovery.permutation import largest_f, permuted_f
from cxstats.errors import InputError


def survey(shift: float, rows: int = 4_000) -> pd.DataFrame:
    chance = np.random.default_rng(5)
    drops = chance.poisson(3, rows)
    opinion = chance.normal(8.5, 1.8, rows) + shift * (drops > 5)
    return pd.DataFrame(
        {"score": np.clip(np.rint(opinion), 0, 10), "drops": drops, "one": 1.0}
    )


def test_a_break_is_found_tested_and_worded() -> None:
    found = cxstats.breakpoints(
        survey(-2), score="score", column="drops", language="zh-Hans"
    )
    assert found.breaks == (5.0,)
    assert found.p == 0.001
    assert found.steps[0].value == pytest.approx(
        found.pieces[1].estimate.value - found.pieces[0].estimate.value
    )
    assert found.sentences[0].startswith("drops超过5后，NPS由")
    assert "5" in str(found)
    assert found.to_pandas()["to"][0] == 5
    assert "drops" in str(found.chart().to_dict())


def test_nothing_is_told_where_nothing_changes() -> None:
    found = cxstats.breakpoints(survey(0), score="score", column="drops")
    assert found.breaks == ()
    assert found.p > 0.05
    assert found.sentences[0].startswith("NPS does not change detectably with drops")


@settings(max_examples=4)
@given(st.integers(0, 1000))
def test_order_of_rows_and_weights_of_one_move_no_break(seed: int) -> None:
    data = survey(-2, 1_500)
    plain = cxstats.breakpoints(data, score="score", column="drops", permutations=99)
    mixed = data.sample(frac=1, random_state=seed)
    other = cxstats.breakpoints(mixed, score="score", column="drops", permutations=99)
    assert plain.to_dict() == other.to_dict()
    weighted = cxstats.breakpoints(
        mixed, score="score", column="drops", weight="one", permutations=99
    )
    assert weighted.breaks == plain.breaks
    assert weighted.f == pytest.approx(plain.f)
    assert weighted.steps[0].lower == pytest.approx(plain.steps[0].lower)


def test_f_of_dealt_out_answers_is_that_of_shuffled_rows() -> None:
    chance = np.random.default_rng(1)
    code = np.sort(chance.integers(0, 12, 600))
    answers = chance.choice([-1.0, 0.0, 1.0], 600, p=[0.2, 0.3, 0.5])
    counts = np.zeros((12, 3), dtype=np.int64)
    np.add.at(counts, (code, (answers + 1).astype(int)), 1)
    dealt = permuted_f(
        counts, np.array([-1.0, 0.0, 1.0]), least=30, times=1_500, seed=2
    )
    n = np.bincount(code).astype(float)
    rss = float(((answers - answers.mean()) ** 2).sum())
    shuffled = [
        float(largest_f(n, np.bincount(code, chance.permutation(answers)), rss, 30))
        for _ in range(1_500)
    ]
    for share in (0.5, 0.9, 0.95):
        one, other = np.quantile(dealt, share), np.quantile(shuffled, share)
        assert one == pytest.approx(other, rel=0.15)


def test_missing_numbers_are_counted_and_one_value_is_no_test() -> None:
    data = survey(-2)
    data["drops"] = data["drops"].where(data.index % 4 > 0)
    found = cxstats.breakpoints(data, score="score", column="drops")
    assert (found.n, found.blank) == (3_000, 1_000)
    flat = cxstats.breakpoints(data.assign(drops=1), score="score", column="drops")
    assert flat.breaks == ()
    assert flat.to_dict()["p_value"] is None
    assert "cannot be divided" in flat.warnings[-1].message


def test_no_variance_gives_no_break() -> None:
    data = survey(0).assign(score=9)
    assert cxstats.breakpoints(data, score="score", column="drops").breaks == ()


def test_ten_thousand_values_are_cut_into_256_bins() -> None:
    chance = np.random.default_rng(3)
    spend = chance.lognormal(4, 1, 10_000)
    opinion = chance.normal(8.5, 1.8, 10_000) - 2 * (spend >= 100)
    data = pd.DataFrame({"q": np.clip(np.rint(opinion), 0, 10), "spend": spend})
    found = cxstats.breakpoints(data, score="q", column="spend")
    assert found.breaks[0] == pytest.approx(100, rel=0.03)


def test_wrong_requests_are_refused() -> None:
    data = survey(0).assign(word="a", nothing=np.nan)
    for column in ("word", "nothing"):
        with pytest.raises(InputError, match="need numbers"):
            cxstats.breakpoints(data, score="score", column=column)
    for options, message in (
        ({"most_breaks": 0}, "1 or more"),
        ({"permutations": 0}, "1 or more"),
        ({"min_size": 0}, "1 or more"),
        ({"alpha": 0}, "between 0 and 1"),
    ):
        with pytest.raises(InputError, match=message):
            cxstats.breakpoints(data, score="score", column="drops", **options)
