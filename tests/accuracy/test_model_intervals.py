"""Intervals of AUC and calibration slope cover the truth as often as they say."""

from __future__ import annotations

import numpy as np
from scipy.stats import norm

from cxstats.models import Judged, auc, calibrate

RUNS = 200


def test_auc_intervals_cover_the_truth_of_independent_and_of_repeated_customers() -> (
    None
):
    rng = np.random.default_rng(0)
    hits = np.zeros(2)
    for _ in range(RUNS):
        label = rng.random(300) < 0.2
        one = auc(Judged(label, rng.normal(label, 1)))
        hits[0] += one.lower <= norm.cdf(1 / np.sqrt(2)) <= one.upper
        group = np.repeat(np.arange(100), 3)
        label, own = (rng.random(100) < 0.3)[group], rng.normal(size=100)[group]
        repeated = auc(Judged(label, rng.normal(1.2 * label + own, 0.3), None, group))
        hits[1] += repeated.lower <= norm.cdf(1.2 / np.sqrt(2.18)) <= repeated.upper
    assert (hits / RUNS > 0.91).all()
    assert (hits / RUNS < 0.99).all()


def test_calibration_slope_intervals_cover_one_where_probabilities_are_right() -> None:
    rng = np.random.default_rng(1)
    hits = 0
    for _ in range(RUNS):
        chance = 1 / (1 + np.exp(-rng.normal(-1.5, 1, 500)))
        slope = calibrate(Judged(rng.random(500) < chance, chance)).slope
        hits += slope.lower <= 1 <= slope.upper
    assert 0.91 < hits / RUNS < 0.99
