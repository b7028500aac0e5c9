"""Shares of R² against their definition, model by model."""

from __future__ import annotations

from itertools import combinations
from math import factorial
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxstats.drivers.importance import (
    MEASURES,
    explained,
    inflation,
    relative_weights,
)
from cxstats.drivers.sweep import lmg_shares

SEEDS = st.integers(0, 10_000)


def correlation(drivers: int, seed: int) -> np.ndarray[Any, Any]:
    """Return correlations of drivers with a common cause, the outcome last."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(80, 1))
    rows = rng.normal(size=(80, drivers + 1)) + rng.uniform(0, 1.5) * common
    return np.corrcoef(rows.T).reshape(drivers + 1, drivers + 1)


def r_squared(matrix: np.ndarray[Any, Any], kept: list[int]) -> float:
    if not kept:
        return 0.0
    along = matrix[-1, kept]
    return float(along @ np.linalg.solve(matrix[np.ix_(kept, kept)], along))


def by_definition(matrix: np.ndarray[Any, Any]) -> list[float]:
    """Average the gain of each driver over all models, one regression at a time."""
    p = len(matrix) - 1
    found = []
    for driver in range(p):
        others = [at for at in range(p) if at != driver]
        total = 0.0
        for size in range(p):
            weight = factorial(size) * factorial(p - 1 - size) / factorial(p)
            for kept in combinations(others, size):
                gain = r_squared(matrix, [*kept, driver]) - r_squared(matrix, [*kept])
                total += weight * gain
        found.append(total)
    return found


@given(st.integers(1, 6), SEEDS)
def test_the_sweep_equals_the_definition_over_all_models(p: int, seed: int) -> None:
    matrix = correlation(p, seed)
    assert lmg_shares(matrix) == pytest.approx(by_definition(matrix), abs=1e-10)


@given(st.integers(2, 9), SEEDS)
def test_shares_sum_to_r_squared_and_follow_their_drivers(p: int, seed: int) -> None:
    matrix = correlation(p, seed)
    order = np.random.default_rng(seed).permutation(p)
    turned = matrix[np.ix_([*order, p], [*order, p])]
    for method in ("lmg", "johnson"):
        shares = MEASURES[method](matrix)
        assert shares.sum() == pytest.approx(float(explained(matrix)), abs=1e-10)
        assert MEASURES[method](turned) == pytest.approx(shares[order], abs=1e-9)


def test_two_drivers_follow_the_closed_form() -> None:
    matrix = correlation(2, 7)
    r1, r2 = matrix[-1, :2]
    whole = float(explained(matrix))
    assert lmg_shares(matrix)[0] == pytest.approx((r1**2 + whole - r2**2) / 2)


@pytest.mark.parametrize("start", [0, 12])
def test_tables_made_in_pieces_equal_one_table(start: int) -> None:
    # Drivers that correlate with nothing change nothing, wherever they stand; with
    # them the table of 2^17 models no longer fits into one piece.
    small = correlation(5, 3)
    matrix = np.eye(18)
    related = [*range(start, start + 5)]
    matrix[np.ix_([*related, 17], [*related, 17])] = small
    shares = lmg_shares(matrix)
    assert shares[related] == pytest.approx(by_definition(small), abs=1e-12)
    assert shares.sum() == pytest.approx(shares[related].sum())


def test_many_matrices_at_once_equal_one_by_one() -> None:
    matrices = np.stack([correlation(4, seed) for seed in range(6)]).reshape(2, 3, 5, 5)
    for method, measure in MEASURES.items():
        together = measure(matrices)
        assert together.shape == (2, 3, 4), method
        assert together[1, 2] == pytest.approx(measure(matrices[1, 2]))


def test_a_driver_that_repeats_another_shares_with_it() -> None:
    matrix = correlation(3, 1)
    twice = [0, 0, 1, 2, 3]
    repeated = matrix[np.ix_(twice, twice)]
    for measure in (lmg_shares, relative_weights):
        shares = measure(repeated)
        assert np.isfinite(shares).all()
        assert shares[0] == pytest.approx(shares[1])
        assert shares.sum() == pytest.approx(float(explained(matrix)))
    assert (inflation(repeated)[:2] > 1e7).all()
    assert inflation(repeated)[2] == pytest.approx(inflation(matrix)[1])


def test_inflation_is_one_over_what_the_others_leave() -> None:
    matrix = correlation(4, 2)
    drivers = matrix[:-1, :-1]
    assert inflation(matrix) == pytest.approx(np.diag(np.linalg.inv(drivers)))
