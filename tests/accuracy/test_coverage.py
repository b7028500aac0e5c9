"""Exact coverage of the intervals, by going through every possible sample."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import multinomial

from cxstats.intervals import (
    adjusted_wald_interval,
    net_score_interval,
    score_interval,
    wald_interval,
)

GRID = [
    (10, (0.1, 0.3, 0.6), 0.8725, 0.9467, 0.9610),
    (10, (0.02, 0.08, 0.90), 0.6494, 0.9298, 0.9592),
    (30, (0.05, 0.15, 0.80), 0.9158, 0.9625, 0.9652),
    (30, (0.02, 0.08, 0.90), 0.8413, 0.9578, 0.9609),
    (50, (0.2, 0.3, 0.5), 0.9411, 0.9500, 0.9514),
]


def coverage(
    interval: Callable[..., tuple[np.ndarray, ...]], n: int, true: tuple
) -> float:
    samples = np.array(
        [(d, q, n - d - q) for d in range(n + 1) for q in range(n + 1 - d)], dtype=float
    )
    lower, upper, *_ = interval(*samples.T)
    net = true[2] - true[0]
    covered = (lower <= net + 1e-12) & (net - 1e-12 <= upper)
    return float(multinomial.pmf(samples, n, true) @ covered)


@pytest.mark.parametrize(("n", "true", "wald", "adjusted", "score"), GRID)
def test_exact_coverage_is_the_tabulated_one(
    n: int, true: tuple, wald: float, adjusted: float, score: float
) -> None:
    found = [
        coverage(interval, n, true)
        for interval in (wald_interval, adjusted_wald_interval, score_interval)
    ]
    assert found == pytest.approx([wald, adjusted, score], abs=5e-5)


@pytest.mark.parametrize(("n", "true"), [row[:2] for row in GRID])
def test_reported_intervals_cover_as_promised_and_wald_does_worse(
    n: int, true: tuple
) -> None:
    for interval in (adjusted_wald_interval, score_interval, net_score_interval):
        assert 0.925 <= coverage(interval, n, true) <= 0.975
    worse = abs(coverage(wald_interval, n, true) - 0.95)
    assert worse > abs(coverage(adjusted_wald_interval, n, true) - 0.95)


@pytest.mark.parametrize("n", [3, 5, 8])
def test_the_default_covers_with_very_few_answers(n: int) -> None:
    for true in ((0.2, 0.3, 0.5), (0.05, 0.15, 0.8), (0.3, 0.4, 0.3)):
        assert coverage(net_score_interval, n, true) >= 0.92
