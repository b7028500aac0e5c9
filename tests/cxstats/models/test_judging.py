"""AUC, calibration, capacity and drift: what their definitions promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, roc_auc_score

from cxstats.errors import InputError
from cxstats.models import (
    Judged,
    at_capacity,
    auc,
    auc_difference,
    brier,
    calibrate,
    population_stability,
)

PAIRS = st.lists(
    st.tuples(st.booleans(), st.sampled_from([0.1, 0.2, 0.4, 0.5, 0.8])),
    min_size=4,
    max_size=40,
).filter(lambda rows: 0 < sum(label for label, _ in rows) < len(rows))


def judged(rows, weight=None):
    label, chance = zip(*rows, strict=True)
    return Judged(np.array(label), np.array(chance), weight)


@given(PAIRS)
@settings(max_examples=30)
def test_auc_and_brier_equal_those_of_scikit_learn(rows):
    one = judged(rows)
    assert auc(one).value == pytest.approx(roc_auc_score(one.label, one.probability))
    expected = brier_score_loss(one.label, one.probability)
    assert brier(one).value == pytest.approx(expected)


@given(PAIRS, st.randoms(use_true_random=False))
@settings(max_examples=20)
def test_order_of_rows_and_weights_of_one_change_nothing(rows, random):
    shuffled = random.sample(rows, len(rows))
    plain, other = judged(rows), judged(shuffled, np.ones(len(rows)))
    for number in (auc, brier, lambda one: at_capacity(one, 0.3).lift):
        first, second = number(plain), number(other)
        assert first.value == pytest.approx(second.value)
        assert first.lower == pytest.approx(second.lower, abs=1e-9)


@given(PAIRS)
@settings(max_examples=20)
def test_a_weight_of_two_equals_the_row_twice(rows):
    doubled = judged(rows, np.full(len(rows), 2.0))
    assert auc(doubled).value == pytest.approx(auc(judged(rows + rows)).value)
    one, two = at_capacity(doubled, 0.25), at_capacity(judged(rows + rows), 0.25)
    assert one.precision.value == pytest.approx(two.precision.value)


def test_delong_error_equals_the_published_formula():
    label = np.array([1, 1, 1, 0, 0, 0, 0], dtype=bool)
    chance = np.array([0.9, 0.6, 0.4, 0.5, 0.3, 0.2, 0.4])
    wins = (chance[label][:, None] > chance[~label]) + 0.5 * (
        chance[label][:, None] == chance[~label]
    )
    cases, others = wins.mean(axis=1), wins.mean(axis=0)
    expected = np.sqrt(cases.var(ddof=1) / 3 + others.var(ddof=1) / 4)
    assert auc(Judged(label, chance)).std_error == pytest.approx(expected)


def test_rows_of_one_customer_count_as_one():
    label = np.tile([True, False, True, False, False, True], 3)
    chance = np.tile([0.9, 0.2, 0.4, 0.5, 0.3, 0.6], 3)
    alone = auc(Judged(label, chance))
    together = auc(Judged(label, chance, None, np.tile(np.arange(6), 3)))
    assert together.value == alone.value
    assert together.std_error > 1.5 * alone.std_error


def test_perfect_separation_still_has_an_interval():
    label = np.array([True] * 5 + [False] * 50)
    best = auc(Judged(label, label.astype(float)))
    assert best.value == 1
    assert 0.5 < best.lower < 0.6
    assert np.isnan(auc(Judged(np.ones(3, bool), np.ones(3))).value)


def test_equal_scores_have_no_difference():
    rng = np.random.default_rng(1)
    label, chance = rng.random(200) < 0.3, rng.random(200)
    one = Judged(label, chance)
    same = auc_difference(one, one.scored(chance**2))
    assert (same.value, same.lower, same.upper) == pytest.approx((0, 0, 0))
    better = auc_difference(one, one.scored(chance + label))
    assert better.lower > 0


def test_calibration_finds_overconfidence_and_shift():
    rng = np.random.default_rng(2)
    odds = rng.normal(-1, 1, 6000)
    label = rng.random(6000) < 1 / (1 + np.exp(-odds))
    right = calibrate(Judged(label, 1 / (1 + np.exp(-odds))))
    assert right.slope.lower < 1 < right.slope.upper
    assert right.intercept.lower < 0 < right.intercept.upper
    extreme = calibrate(Judged(label, 1 / (1 + np.exp(-2 * odds))))
    assert extreme.slope.value == pytest.approx(right.slope.value / 2, rel=1e-6)
    assert len(right.bands) == 10
    assert sum(band.observed.n for band in right.bands) == 6000


def test_calibration_of_constant_predictions_is_unknown_not_an_error():
    label = np.array([True, False, True])
    found = calibrate(Judged(label, np.full(3, 0.5)))
    assert np.isnan(found.slope.value)
    assert len(found.bands) == 1


def test_ties_at_the_end_of_a_list_share_its_places():
    label = np.array([True, True, False, False])
    found = at_capacity(Judged(label, np.full(4, 0.5)), 0.5)
    assert found.lift.value == pytest.approx(1)
    assert found.recall.value == pytest.approx(0.5)
    with pytest.raises(InputError, match="above 0 and at most 1"):
        at_capacity(Judged(label, np.full(4, 0.5)), 0)


def test_samples_of_one_population_are_stable_and_noise_is_known():
    rng = np.random.default_rng(3)
    drawn = [
        population_stability(*(np.bincount(rng.integers(0, 10, 500)) for _ in "ab"))
        for _ in range(200)
    ]
    index, noise = np.mean(drawn, axis=0)
    assert index == pytest.approx(noise, rel=0.1)
    assert np.isnan(population_stability(np.zeros(2), np.ones(2))[0])
