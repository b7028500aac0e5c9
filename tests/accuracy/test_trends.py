"""Charts, run lengths, seasons and changes against R, Montgomery and statsmodels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from statsmodels.regression.linear_model import OLS

import cxstats
from cxstats.trends import (
    ChartDesign,
    change_points,
    interrupted_series,
    p_chart,
    run_length,
    seasonal_trend,
    time_to_detect,
)


def test_p_chart_equals_montgomery_s_orange_juice(reference: dict[str, Any]) -> None:
    book = reference["pchart_montgomery_orange_juice"]
    chart = p_chart(book["x"], book["n"])
    assert chart.centre == pytest.approx(book["pbar"], abs=1e-6)
    assert chart.upper == pytest.approx([book["ucl"]] * 30, abs=1e-6)
    assert chart.lower == pytest.approx([book["lcl"]] * 30, abs=1e-6)
    assert [at + 1 for at in np.flatnonzero(chart.outside)] == book["out"]
    after, known = book["after_removal"], [at - 1 for at in book["out"]]
    again = p_chart(book["x"], book["n"], leave_out=known)
    assert again.centre == pytest.approx(after["pbar"], abs=1e-6)
    assert again.upper[0] == pytest.approx(after["ucl"], abs=1e-6)
    assert again.lower[0] == pytest.approx(after["lcl"], abs=1e-6)
    assert [at + 1 for at in np.flatnonzero(again.outside)] == [15, 21, 23]


def test_p_chart_equals_montgomery_through_monitor(reference: dict[str, Any]) -> None:
    book = reference["pchart_montgomery_orange_juice"]
    cans = [(at + 1, k < x) for at, x in enumerate(book["x"]) for k in range(book["n"])]
    data = pa.table({"sample": [c[0] for c in cans], "leaks": [c[1] for c in cans]})
    found = cxstats.monitor(
        data,
        score="leaks",
        time="sample",
        period="value",
        metric="share",
        values=[True],
        baseline=(1, 30),
        spread="sampling",
    )
    assert found.centre == pytest.approx(book["pbar"], abs=1e-6)
    assert found.limits.upper[0] == pytest.approx(book["ucl"], abs=1e-6)
    beyond = [s.period for s in found.signals if s.kind == "limits"]
    assert beyond == book["out"]


@pytest.mark.parametrize("h", [4, 5])
def test_cusum_run_lengths_equal_the_markov_chain_reference(
    reference: dict[str, Any], h: int
) -> None:
    arl = reference["arl"]
    found = [
        run_length("cusum", shift=shift, design=ChartDesign(k=0.5, h=h)).mean
        for shift in arl["shifts"]
    ]
    assert found == pytest.approx(arl[f"cusum_k05_h{h}"], rel=0.005)


@pytest.mark.parametrize(
    ("weight", "reach", "name"),
    [(0.1, 2.703, "ewma_01_2703_arl0"), (0.2, 2.86, "ewma_02_286_arl0")],
)
def test_ewma_run_lengths_equal_the_markov_chain_reference(
    reference: dict[str, Any], weight: float, reach: float, name: str
) -> None:
    design = ChartDesign(weight=weight, reach=reach)
    found = run_length("ewma", design=design).mean
    assert found == pytest.approx(reference["arl"][name], rel=0.005)


def test_detection_of_drops_equals_the_simulated_weeks() -> None:
    """200 answers a week, variance .6: 8 weeks for 5 points, 3 against 6 for 10."""
    five, ten = time_to_detect(5, n=200), time_to_detect(10, n=200)
    shewhart, cusum, _ewma = five.found
    assert cusum.median == 8
    assert cusum.within(26) == pytest.approx(0.98, abs=0.01)
    assert shewhart.within(26) == pytest.approx(0.39, abs=0.01)
    assert [run.median for run in ten.found[:2]] == [6, 3]


def test_season_equals_r_stl_periodic(
    reference: dict[str, Any], reference_dir: Path
) -> None:
    book = reference["stl_nottem"]
    parts = seasonal_trend(pd.read_csv(reference_dir / "nottem.csv")["v"], period=12)
    assert parts.trend[:3] == pytest.approx(book["trend3"], abs=1e-6)
    assert parts.season[:3] == pytest.approx(book["seasonal3"], abs=1e-6)
    assert parts.remainder[:3] == pytest.approx(book["remainder3"], abs=1e-6)


def test_changes_of_the_nile_equal_r_strucchange(
    reference: dict[str, Any], reference_dir: Path
) -> None:
    book = reference["breakpoints_nile"]
    found = change_points(pd.read_csv(reference_dir / "nile.csv")["flow"])
    assert found.division is not None
    assert list(found.division.breaks[1:]) == [
        tuple(b) for b in book["breaks"].values()
    ]
    assert found.division.rss == pytest.approx(book["rss"], abs=1e-3)
    assert found.division.bic == pytest.approx(book["bic"], abs=1e-3)
    (change,) = found.changes
    assert [change.lower, change.position, change.upper] == book["ci_obs"]
    assert found.p < 0.01


@pytest.mark.parametrize("seed", [5, 6])
def test_interrupted_series_equals_statsmodels(seed: int) -> None:
    """The larger of the plain and the Newey-West standard error, with t."""
    rng = np.random.default_rng(seed)
    y = 20 + 0.3 * np.arange(40) + 4 * (np.arange(40) >= 22) + rng.normal(0, 1, 40)
    found = interrupted_series(y, position=22, lags=3)
    time = np.arange(40.0)
    after = (time >= 22) * 1.0
    design = np.column_stack([np.ones(40), time, after, (time - 22) * after])
    robust = {"maxlags": 3, "use_correction": True}
    peers = [
        OLS(y, design).fit(),
        OLS(y, design).fit(cov_type="HAC", cov_kwds=robust, use_t=True),
    ]
    for at, name in ((2, "level_change"), (3, "slope_change"), (1, "slope_before")):
        peer = max(peers, key=lambda fit, at=at: fit.bse[at])
        own = getattr(found, name)
        assert own.value == pytest.approx(peer.params[at], abs=1e-9)
        assert own.std_error == pytest.approx(peer.bse[at], abs=1e-9)
        assert found.p[name] == pytest.approx(peer.pvalues[at], abs=1e-9)
        ends = peer.conf_int()[at]
        assert [own.lower, own.upper] == pytest.approx(ends, abs=1e-9)
    assert found.level_change.lower < 4 < found.level_change.upper
