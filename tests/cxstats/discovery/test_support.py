"""How small a slice may be: as small as a large difference can be seen in."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

import cxstats
from cxstats.discovery.support import threshold


def survey(rows: int, small: int) -> pd.DataFrame:
    """Make a survey in which one shop of a few customers is in ruins."""
    chance = np.random.default_rng(5)
    shop = chance.choice(["east", "north", "south", "west"], rows)
    shop[:small] = "ruin"
    score = chance.choice([10, 9, 8, 7, 5], rows)
    score[:small] = chance.choice([1, 3, 5, 9], small)
    noise = chance.integers(0, 12, rows)
    return pd.DataFrame({"score": score, "shop": shop, "noise": noise})


def test_a_shop_of_half_a_percent_is_found() -> None:
    (found,) = cxstats.discover(survey(20_000, 100), score="score").findings
    assert found.label == "shop = ruin"
    assert found.n == 100


def test_what_is_asked_as_least_answers_is_kept() -> None:
    found = cxstats.discover(survey(20_000, 100), score="score", min_support=150)
    assert found.findings == ()


def test_few_answers_of_a_huge_survey_are_not_tried() -> None:
    data = survey(60_000, 40)
    assert cxstats.discover(data, score="score").findings == ()


def test_the_limit_of_one_slice_is_that_of_benjamini_and_yekutieli() -> None:
    assert threshold(1, 0.05) == pytest.approx(norm.isf(0.025), abs=0.04)
    for tests in (100, 20_000):
        harmonic = np.sum(1 / np.arange(1, tests + 1))
        exact = norm.isf(0.05 / (2 * tests * harmonic))
        assert threshold(tests, 0.05) == pytest.approx(exact, abs=1e-4)
