"""Second moments and simulated samples: they add up, and they spread as they should."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxstats.drivers.cells import DriverCells
from cxstats.drivers.importance import relative_weights
from cxstats.drivers.moments import SecondMoments, correlations
from cxstats.drivers.question import DriverQuestion
from cxstats.drivers.replicates import percentile_bounds, replicate
from cxstats.drivers.sweep import lmg_shares
from cxstats.engine import CrossProductsQuery, as_source, open_engine
from cxstats.errors import InputError

QUESTION = DriverQuestion.of("y", ["a", "b"], weight="w")
ROW = st.tuples(
    st.integers(1, 5),
    st.integers(1, 5),
    st.integers(0, 10),
    st.sampled_from([0.5, 1, 3]),
)
ROWS = st.lists(ROW, min_size=1, max_size=30)


def cells(rows: list[tuple[float, ...]]) -> DriverCells:
    """Return the cells of rows, one histogram row per answer."""
    a, b, y, w = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    columns = {"by0": a, "by1": b, "score": y, "n": np.ones(len(a)), "w": w}
    table = pa.table({**columns, "n_weighted": np.ones(len(a)), "w2": w**2})
    return DriverCells.from_histogram(table, QUESTION)


def same(one: SecondMoments, other: SecondMoments) -> None:
    assert one.n == other.n
    assert one.n_effective == pytest.approx(other.n_effective)
    assert one.sums == pytest.approx(other.sums)
    assert one.products == pytest.approx(other.products)


@given(ROWS, ROWS)
def test_merged_moments_equal_pooled_rows(first: Any, second: Any) -> None:
    merged = cells(first).moments() + cells(second).moments()
    same(merged, cells(first + second).moments())


def test_moments_of_different_columns_do_not_merge() -> None:
    moments = cells([(1, 2, 3, 1)]).moments()
    with pytest.raises(InputError, match="same columns"):
        _ = moments + moments.select(["a", "y"])


@settings(max_examples=5)
@given(ROWS)
def test_cross_products_of_the_engine_equal_the_cells(rows: Any) -> None:
    a, b, y, w = zip(*rows, strict=True)
    source = as_source(pa.table({"a": a, "b": b, "y": y, "w": [float(x) for x in w]}))
    query = CrossProductsQuery(("a", "b", "y"), weight="w", complete=True)
    whole = cells(rows).moments()
    with open_engine(None) as engine:
        table = engine.cross_products(source, query)
    found = SecondMoments.from_cross_products(table, ("a", "b", "y"))
    same(replace(found, weight2=whole.weight2), whole)


def test_simulated_moments_spread_like_fresh_samples() -> None:
    rng = np.random.default_rng(1)

    def sample() -> DriverCells:
        a, b = rng.integers(1, 6, (2, 300))
        y = np.clip(a + rng.integers(0, 5, 300), 0, 10)
        w = rng.choice([0.5, 1.0, 3.0], 300)
        return cells(list(zip(a, b, y, w, strict=True)))

    one = sample()
    drawn = replicate(one.moments(), one, (), 800, seed=2)
    fresh = [sample().moments() for _ in range(300)]
    for name, made, real in (
        ("mean", drawn.means[:, 0], [moments.means[0] for moments in fresh]),
        (
            "weights",
            relative_weights(drawn.correlations)[:, 0],
            [relative_weights(moments.correlation)[0] for moments in fresh],
        ),
    ):
        assert np.std(made) == pytest.approx(np.std(real), rel=0.2), name
    assert np.mean(drawn.means[:, 0]) == pytest.approx(one.moments().means[0], abs=0.02)


def test_normal_columns_spread_alike_by_wishart_and_by_poisson() -> None:
    rng = np.random.default_rng(3)
    a, b, e = rng.normal(size=(3, 800))
    rows = cells(list(zip(a, b, a + e, np.ones(800), strict=True)))
    moments = rows.moments()
    poisson = replicate(moments, rows, (), 1000)
    wishart = replicate(moments, None, (), 1000)
    assert (poisson.method, wishart.method) == ("poisson", "wishart")
    for one, other in (
        (poisson.correlations[:, 0, 2], wishart.correlations[:, 0, 2]),
        (poisson.means[:, 0], wishart.means[:, 0]),
    ):
        assert np.std(one) == pytest.approx(np.std(other), rel=0.2)
        assert np.mean(one) == pytest.approx(np.mean(other), abs=0.01)


def test_pooled_replicates_are_those_of_all_rows() -> None:
    rng = np.random.default_rng(4)
    rows = rng.integers(1, 6, (400, 4)).astype(float)
    halves = [cells([tuple(row) for row in part]) for part in (rows[:150], rows[150:])]
    whole = cells([tuple(row) for row in rows])
    parts = [
        replicate(one.moments(), one, (), 800, seed=at) for at, one in enumerate(halves)
    ]
    pooled, direct = parts[0] + parts[1], replicate(whole.moments(), whole, (), 800)
    for one, other in (
        (pooled.means, direct.means),
        (pooled.covariances[:, 0, 2], direct.covariances[:, 0, 2]),
    ):
        assert one.mean(axis=0) == pytest.approx(other.mean(axis=0), abs=0.03)
        assert one.std(axis=0) == pytest.approx(other.std(axis=0), rel=0.2)


def test_bounds_hold_the_estimate_and_are_never_short_at_zero() -> None:
    draws = np.random.default_rng(5).normal(size=(4000, 1))
    lower, upper = percentile_bounds(draws, np.array([0.0]), 0.95)
    assert [lower[0], upper[0]] == pytest.approx([-1.96, 1.96], abs=0.12)
    # A share of R² that is 0 can only be drawn above it.
    lower, upper = percentile_bounds(draws**2, np.array([0.0]), 0.95)
    assert lower[0] == 0.0
    assert upper[0] > 1.96**2


def test_intervals_of_shares_cover_what_the_population_has() -> None:
    slopes, between = np.array([0.6, 0.3, 0.0]), np.full((3, 3), 0.4)
    np.fill_diagonal(between, 1)
    along = between @ slopes
    whole = np.block([[between, along[:, None]], [along, slopes @ along + 1]])
    truth = lmg_shares(correlations(whole))
    root, rng = np.linalg.cholesky(whole), np.random.default_rng(6)
    covered = np.zeros(3)
    for seed in range(120):
        rows = rng.normal(size=(150, 4)) @ root.T
        ones = np.ones(150)
        sample = DriverCells(("a", "b", "c", "y"), rows, ones, ones, ones)
        drawn = replicate(sample.moments(), sample, (), 200, seed)
        estimate = lmg_shares(sample.moments().correlation)
        bounds = percentile_bounds(lmg_shares(drawn.correlations), estimate, 0.95)
        covered += (bounds[0] <= truth) & (truth <= bounds[1])
    assert (covered >= 107).all()
