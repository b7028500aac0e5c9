from __future__ import annotations

import math

import pytest

from cxstats.errors import InputError
from cxstats.estimates import Estimate
from cxstats.reporting import MinimumN


def estimate(value: float, n: int) -> Estimate:
    return Estimate(value, "points", 1.0, value - 2, value + 2, 0.95, n, n, "score")


def test_small_groups_are_hidden_grey_and_then_normal() -> None:
    policy = MinimumN(shown=5, ranked=50)
    assert [policy.standing(n) for n in (0, 4, 5, 49, 50)] == [
        "hidden",
        "hidden",
        "indicative",
        "indicative",
        "normal",
    ]


def test_only_normal_scores_get_a_rank_and_ties_share_it() -> None:
    scores = [
        estimate(90, 12),
        estimate(40, 500),
        estimate(80, 60),
        estimate(40, 100),
        estimate(10, 200),
        estimate(math.nan, 300),
    ]
    assert MinimumN().ranks(scores) == [None, 1, None, 1, 3, None]


@pytest.mark.parametrize(("shown", "ranked"), [(0, 10), (50, 20)])
def test_contradicting_limits_are_refused(shown: int, ranked: int) -> None:
    with pytest.raises(InputError, match="minimum n"):
        MinimumN(shown, ranked)
