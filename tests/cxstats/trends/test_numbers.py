"""The pure parts: limits, run lengths, breaks, growth, outliers, interruptions."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxstats.errors import InputError
from cxstats.trends import (
    ChartDesign,
    change_points,
    control_limits,
    count_growth,
    dispersion_of,
    interrupted_series,
    p_chart,
    robust_z,
    run_length,
    seasonal_trend,
    time_to_detect,
    value_growth,
)
from cxstats.trends.breaks import break_interval
from cxstats.trends.paths import follow


def test_cusum_and_ewma_follow_their_recursions_and_pass_over_gaps() -> None:
    z = np.array([1.0, np.nan, 2.0, -3.0])
    paths = follow(z, ChartDesign(k=0.5, weight=0.5))
    assert paths.up.tolist() == [0.5, 0.5, 2.0, 0.0]
    assert paths.down.tolist() == [0.0, 0.0, 0.0, 2.5]
    assert paths.average.tolist() == [0.5, 0.5, 1.25, -0.875]
    assert paths.up_since == (0, 0, 0, -1)
    assert paths.down_since == (-1, -1, -1, 3)


def test_run_lengths_agree_with_a_simulation() -> None:
    rng = np.random.default_rng(3)
    z = rng.normal(1.0, 1.0, (4000, 60))
    level, runs = np.zeros(4000), np.full(4000, 60)
    for at in range(60):
        level = np.maximum(level + z[:, at] - 0.5, 0)
        runs = np.where((level > 4) & (runs == 60), at + 1, runs)
    found = run_length("cusum", shift=1.0, horizon=60)
    assert found.mean == pytest.approx(runs.mean(), abs=0.25)
    assert found.within(8) == pytest.approx((runs <= 8).mean(), abs=0.03)


def test_larger_shifts_are_seen_sooner_by_every_chart() -> None:
    for chart in ("shewhart", "cusum", "ewma"):
        means = [run_length(chart, shift=s).mean for s in (0, 0.5, 1, 2, 4)]
        assert means == sorted(means, reverse=True)
        mirrored = run_length(chart, shift=-1.0).mean
        assert mirrored == pytest.approx(run_length(chart, shift=1.0).mean)


def test_detection_says_when_the_volume_is_too_small() -> None:
    found = time_to_detect(1, n=30)
    assert found.warnings[0].kind == "low_power"
    shown = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert [row["chart"] for row in shown["charts"]] == ["shewhart", "cusum", "ewma"]
    assert found.chart().to_dict()["encoding"]
    assert len(found.to_pandas()) == 3
    assert "low_power" in str(found)


@pytest.mark.parametrize(
    "call",
    [
        lambda: time_to_detect(0, n=200),
        lambda: time_to_detect(5, n=200, unit="stars"),
        lambda: run_length("mean"),  # type: ignore[arg-type]
        lambda: run_length("cusum", shift=float("nan")),
        lambda: ChartDesign(weight=0),
        lambda: p_chart([3], 2),
        lambda: p_chart([1, 2], 10, leave_out=[0, 1]),
        lambda: control_limits([1], [0.5], [0.5], width=0),
        lambda: change_points([1, 2, float("nan")]),
        lambda: change_points(np.arange(3000.0)),
        lambda: seasonal_trend([1, 2, 3], period=2),
        lambda: seasonal_trend([1, 2, 3, float("inf")], period=2),
        lambda: value_growth([1], [1], lag=0),
        lambda: value_growth([1, 2], [1, 1], level=1),
        lambda: count_growth([1, -1]),
        lambda: count_growth([1, 1], exposure=[1, 0]),
        lambda: interrupted_series([1, 2, 3, 4, 5], position=1),
        lambda: interrupted_series([1, 2, 3, float("nan"), 5, 6], position=3),
    ],
)
def test_numbers_without_a_meaning_are_refused(call) -> None:
    with pytest.raises(InputError):
        call()


def test_break_intervals_widen_on_the_noisier_side() -> None:
    lower, upper = break_interval(50, 0.0, 1.0, 1.0, 1.0)
    assert lower is not None
    assert upper is not None
    assert upper - 50 == 50 - lower == 12  # 11.03 rounded away from the break
    calm_left, noisy_right = break_interval(50, 0.0, 1.0, 1.0, 4.0)
    assert calm_left is not None
    assert noisy_right is not None
    assert 50 - calm_left > noisy_right - 50
    assert break_interval(5, 0, 1, 0, 0) == (5, 5)
    assert break_interval(5, 1, 1, 1, 1) == (None, None)


def test_break_interval_quantiles_agree_with_a_simulated_brownian_motion() -> None:
    rng = np.random.default_rng(0)
    step, walks = 0.02, []
    for scale in (1.0, np.sqrt(2.0)):
        noise = scale * rng.normal(0, np.sqrt(step), (1500, 1500)) - step / 2
        walks.append(np.cumsum(noise, axis=1))
    left, right = walks
    at_left = -(left.argmax(1) + 1) * step
    at_right = (right.argmax(1) + 1) * step
    found = np.where(left.max(1) > right.max(1), at_left, at_right)
    # A change of 1 with variances 1 and 2: the interval is the mirrored quantiles.
    low, high = break_interval(100, 0.0, 1.0, 1.0, 2.0, level=0.8)
    assert low == pytest.approx(100 - np.quantile(found, 0.9), abs=1.5)
    assert high == pytest.approx(100 - np.quantile(found, 0.1), abs=1.5)


def test_noise_and_short_or_constant_series_have_no_change() -> None:
    rng = np.random.default_rng(8)
    found = [change_points(rng.normal(0, 1, 40), seed=2) for _ in range(15)]
    assert sum(bool(item.changes) for item in found) <= 2
    assert change_points([1, 2, 3]).changes == ()
    assert change_points([4.0] * 30).changes == ()


@given(
    st.lists(st.floats(-100, 100), min_size=1, max_size=30),
    st.integers(0, 5),
)
@settings(max_examples=30)
def test_robust_z_does_not_depend_on_order_and_keeps_gaps(
    values: list[float], gaps: int
) -> None:
    with_gaps = values + [float("nan")] * gaps
    z = robust_z(with_gaps)
    assert np.isnan(z[len(values) :]).all()
    assert np.allclose(np.sort(z[: len(values)]), np.sort(robust_z(values[::-1])))


def test_an_outlier_moves_the_mean_and_not_the_mad() -> None:
    calm, wild = dispersion_of([1, 2, 3, 4, 5]), dispersion_of([1, 2, 3, 4, 500])
    assert wild.mad == calm.mad
    assert wild.std > 40 * calm.std
    assert robust_z([1, 1, 1, 1, 9])[-1] > 3.5
    assert robust_z([2, 2, 2]).tolist() == [0, 0, 0]
    assert np.isnan(robust_z([float("nan")])).all()
    assert dispersion_of([]).to_dict()["mean"] is None


def test_growth_of_counts_is_a_ratio_of_rates_with_its_interval() -> None:
    (growth,) = count_growth([100, 150], exposure=[10_000, 10_000])
    assert growth.change == pytest.approx(50)
    assert growth.rate == pytest.approx(0.5)
    half = 1.959964 * np.sqrt(1 / 100 + 1 / 150)
    assert growth.rate_lower == pytest.approx(1.5 * np.exp(-half) - 1, abs=1e-6)
    (none,) = count_growth([0, 5])
    assert none.to_dict()["rate"] is None
    assert value_growth([1, np.nan, 3], [1, 1, 1]) == ()
    assert len(value_growth([1, 2, 3], [1, 1, 1], lag=2)) == 1


def test_an_interruption_says_what_it_cannot_prove() -> None:
    found = interrupted_series([5.0] * 12, position=6)
    kinds = [notice.kind for notice in found.warnings]
    assert kinds == ["few_periods", "no_variance", "cause"]
    assert found.level_change.value == pytest.approx(0, abs=1e-9)
    shown = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert shown["position"] == 6
    assert found.chart().to_dict()["layer"]
    assert "level change" in str(found)
    assert list(found.to_pandas()) == ["value", "fitted", "expected"]


def test_season_parts_add_up_and_robust_weights_resist_an_outlier() -> None:
    values = np.tile([1.0, 3.0, 2.0, 6.0, 4.0, 2.0, 0.0], 6)
    values[10] += 50
    for robust in (False, True):
        parts = seasonal_trend(values, period=7, robust=robust)
        whole = parts.trend + parts.season + parts.remainder
        assert whole == pytest.approx(values)
        assert parts.adjusted == pytest.approx(values - parts.season)
    assert abs(parts.trend - values.mean()).max() < 5
    assert parts.chart().to_dict()["facet"]
    assert "season of 7" in str(parts)
    assert parts.to_dict()["period"] == 7
