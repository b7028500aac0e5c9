from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm
from scipy.stats import t as student
from statsmodels.stats.proportion import proportion_confint

from cxstats.errors import InputError
from cxstats.intervals import (
    adjusted_wald_interval,
    bounded_interval,
    goodman_intervals,
    net_score_interval,
    score_interval,
    sison_glaz_intervals,
    t_interval,
    wilson_interval,
)


@pytest.mark.parametrize("hits", [0, 1, 7, 20])
def test_wilson_equals_statsmodels(hits: int) -> None:
    peer = proportion_confint(hits, 20, method="wilson")
    assert np.ravel(wilson_interval(hits, 20)) == pytest.approx(peer, abs=1e-12)


def test_t_interval_uses_its_degrees_of_freedom() -> None:
    lower, upper = t_interval(np.array([5.0]), np.array([0.5]), np.array([9.0]), 0.9)
    half = student.ppf(0.95, 9) * 0.5
    assert (lower[0], upper[0]) == pytest.approx((5 - half, 5 + half))
    none = t_interval(np.array([5.0]), np.array([0.5]), np.array([0.0]))
    assert np.isnan(none).all()


def test_a_mean_without_spread_is_not_certain() -> None:
    lower, upper = bounded_interval(np.array([5.0]), np.array([4.0]), (1, 5))
    assert upper[0] == 5
    assert lower[0] == pytest.approx(1 + 4 * wilson_interval(4, 4)[0])


def test_no_answers_give_no_interval() -> None:
    for ends in (
        adjusted_wald_interval(0, 0, 0),
        score_interval(0, 0, 0),
        net_score_interval(0, 0, 0)[:2],
        wilson_interval(0, 0),
    ):
        assert np.isnan(ends).all()


def test_intervals_stay_inside_and_the_default_switches() -> None:
    lower, upper, is_score = net_score_interval(
        np.array([0.0, 3, 40, 9]), np.array([0.0, 3, 30, 0]), np.array([10.0, 3, 30, 9])
    )
    assert is_score.tolist() == [True, True, False, True]
    assert (lower >= -1).all()
    assert (upper <= 1).all()
    assert upper[0] == pytest.approx(1)


def test_groups_do_not_influence_each_other() -> None:
    d, q, p = np.array([1.0, 50]), np.array([2.0, 20]), np.array([3.0, 90])
    together = score_interval(d, q, p)
    for i in range(2):
        alone = score_interval(d[i], q[i], p[i])
        assert (together[0][i], together[1][i]) == (alone[0][0], alone[1][0])


def test_the_level_sets_the_length() -> None:
    wide = score_interval(10, 20, 30, 0.99)
    narrow = score_interval(10, 20, 30, 0.8)
    assert wide[0] < narrow[0] < narrow[1] < wide[1]
    assert math.isclose(float(norm.ppf(0.995)), 2.5758293, rel_tol=1e-6)


@pytest.mark.parametrize("counts", [[5], [0, 0], [3, -1], [[1, 2], [3, 4]]])
def test_what_is_no_distribution_is_refused(counts: list[object]) -> None:
    with pytest.raises(InputError, match="counts"):
        goodman_intervals(counts)


def test_sison_glaz_refuses_a_single_answered_class() -> None:
    with pytest.raises(InputError, match="goodman"):
        sison_glaz_intervals([10, 0, 0])
