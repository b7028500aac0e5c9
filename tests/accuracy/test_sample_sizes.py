"""Planning tables: one of the adjusted formula, one of the plain formula."""

from __future__ import annotations

import pytest

from cxstats.planning import (
    detectable_change,
    half_width,
    net_variance_of,
    sample_size_for_change,
    sample_size_for_margin,
)

VARIANCES = (0.67, 0.55, 0.45)
ADJUSTED_MARGINS = {
    20: (62, 50, 41),
    10: (255, 209, 170),
    5: (1027, 843, 689),
    3: (2857, 2345, 1918),
    2: (6432, 5280, 4319),
}
CHANGES = {
    20: (263, 216, 177),
    10: (1052, 864, 707),
    5: (4207, 3454, 2826),
    3: (11687, 9594, 7849),
}
PLAIN = [
    ((0.50, 0.20), 938, 235, 3831, 958),
    ((0.60, 0.14), 812, 203, 3318, 830),
    ((0.40, 0.30), 1061, 266, 4333, 1084),
    ((0.35, 0.35), 1076, 269, 4396, 1099),
]


@pytest.mark.parametrize(("points", "expected"), ADJUSTED_MARGINS.items())
def test_answers_for_a_margin_by_the_adjusted_formula(
    points: int, expected: tuple[int, ...]
) -> None:
    found = [sample_size_for_margin(points, variance=v).n for v in VARIANCES]
    assert found == list(expected)


@pytest.mark.parametrize(("points", "expected"), CHANGES.items())
def test_answers_per_wave_for_a_change(points: int, expected: tuple[int, ...]) -> None:
    found = [sample_size_for_change(points, variance=v).n for v in VARIANCES]
    assert found == list(expected)


@pytest.mark.parametrize(("shares", "five", "ten", "change_five", "change_ten"), PLAIN)
def test_operator_plans_use_the_plain_formula(
    shares: tuple[float, float], five: int, ten: int, change_five: int, change_ten: int
) -> None:
    variance = net_variance_of(*shares)
    margins = [
        sample_size_for_margin(points, variance=variance, adjusted=False).n
        for points in (5, 10)
    ]
    assert margins == [five, ten]
    changes = [sample_size_for_change(d, variance=variance).n for d in (5, 10)]
    assert changes == [change_five, change_ten]


@pytest.mark.parametrize("variance", VARIANCES)
def test_what_n_achieves_inverts_how_many_are_needed(variance: float) -> None:
    margin = sample_size_for_margin(5, variance=variance)
    assert half_width(margin.n, variance=variance).points <= 5
    assert half_width(margin.n - 1, variance=variance).points > 5
    change = sample_size_for_change(10, variance=variance)
    assert detectable_change(change.n, variance=variance).points <= 10
    assert detectable_change(change.n - 1, variance=variance).points > 10
