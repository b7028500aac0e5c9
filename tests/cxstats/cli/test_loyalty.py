"""`cxstats loyalty` as a person calls it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def file(tmp_path):
    rng = np.random.default_rng(0)
    n = 400
    path = tmp_path / "customers.csv"
    pd.DataFrame(
        {
            "score": rng.integers(0, 11, n),
            "tenure": rng.integers(1, 60, n),
            "times": rng.poisson(2, n),
            "days": rng.integers(1, 90, n),
            "fee": rng.gamma(3, 20, n).round(2),
            "overage": rng.poisson(0.3, n),
            "risk": rng.beta(1, 9, n).round(4),
            "left": rng.choice(["yes", "no"], n, p=[0.2, 0.8]),
            "区域": rng.choice(["华东", "西北"], n),
        }
    ).to_csv(path, index=False)
    return path


@pytest.mark.parametrize(
    ("words", "key", "shown"),
    [
        ("survival --duration tenure --event left --by 区域", "curves", "median"),
        ("rfm --recency days --frequency times --monetary fee", "cells", "version"),
        ("tiers --value fee --by 区域", "tiers", "ordinary"),
        ("matrix --attitude score --behaviour tenure", "cells", "spurious"),
        ("risk --revenue fee --probability risk --by 区域", "rows", "total"),
        ("profit --score score --revenue fee --fees overage", "classes", "bad profit"),
        ("linkage --score score --churned left", "links", "association"),
    ],
)
def test_each_question_answers_as_table_and_as_json(cxstats, file, words, key, shown):
    what, *rest = words.split()
    plain = cxstats("loyalty", what, file, *rest)
    assert plain.code == 0
    assert shown in plain.out
    answer = cxstats("loyalty", what, file, *rest, "--json")
    assert answer.json[key]
    assert isinstance(answer.json["warnings"], list)


def test_cut_points_and_filters_are_passed_on(cxstats, file):
    words = ("loyalty", "matrix", file, "--attitude", "score", "--behaviour", "tenure")
    answer = cxstats(*words, "--behaviour-cut", "24", "--where", "fee > 20", "--json")
    assert answer.json["behaviour"]["edges"] == [24.0]


def test_refusals_are_one_line_and_code_two(cxstats, file):
    words = ("loyalty", "risk", file, "--revenue", "fee", "--probability", "tenure")
    answer = cxstats(*words)
    assert answer.code == 2
    assert "probabilities lie between 0 and 1" in answer.err
    assert len(answer.err.strip().splitlines()) == 1
