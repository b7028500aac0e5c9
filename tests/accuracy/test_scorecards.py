"""Shrinkage and funnels against metafor, lme4, FunnelPlotR and Efron and Morris."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import cxstats
from cxstats.scorecards import (
    funnel_of_shares,
    heterogeneity,
    james_stein,
    posterior,
    shrink,
)

DYESTUFF = {
    "A": [1545, 1440, 1440, 1520, 1580],
    "B": [1540, 1555, 1490, 1560, 1495],
    "C": [1595, 1550, 1605, 1510, 1560],
    "D": [1445, 1440, 1595, 1465, 1545],
    "E": [1595, 1630, 1515, 1635, 1625],
    "F": [1520, 1455, 1450, 1480, 1445],
}


@pytest.fixture
def employees(reference: dict[str, Any]) -> dict[str, Any]:
    return reference["shrinkage_nps_employees"]


@pytest.fixture
def employee_rows(employees: dict[str, Any]) -> pd.DataFrame:
    rows = [
        (f"E{i + 1:02d}", score)
        for i, counts in enumerate(
            zip(employees["D"], employees["Pas"], employees["P"], strict=True)
        )
        for score, count in zip((3, 8, 10), counts, strict=True)
        for _answer in range(count)
    ]
    return pd.DataFrame(rows, columns=["employee", "q"])


@pytest.fixture
def moments(employees: dict[str, Any]) -> tuple[Any, Any]:
    d, p, pas = (np.array(employees[k], dtype=float) for k in ("D", "P", "Pas"))
    n = d + p + pas
    return (p - d) / n, employees["pooled_var"] / n


def test_best_guesses_of_employees_equal_metafor_reml(
    employees: dict[str, Any], employee_rows: pd.DataFrame
) -> None:
    """Peer: metafor rma and blup, threshold 1e-14."""
    card = cxstats.scorecard(employee_rows, unit="employee", score="q")
    found = card.judged.heterogeneity
    assert found.tau2 == pytest.approx(employees["tau2"]["REML"], abs=1e-11)
    assert found.mean == pytest.approx(employees["mu_REML"], abs=1e-6)
    assert found.q == pytest.approx(employees["Q"], abs=1e-7)
    assert found.p == pytest.approx(employees["Qp"], abs=1e-9)
    values = [unit.estimate.value / 100 for unit in card.units]
    errors = [unit.estimate.std_error / 100 for unit in card.units]
    assert values == pytest.approx(employees["blup_REML"], abs=1e-6)
    assert errors == pytest.approx(employees["se_REML"], abs=1e-6)


def test_nobody_among_the_employees_differs(employee_rows: pd.DataFrame) -> None:
    card = cxstats.scorecard(employee_rows, unit="employee", score="q")
    assert card.verdict == "nobody_differs"
    assert {unit.rank for unit in card.units} == {None}


def test_other_estimates_of_tau_equal_metafor(
    employees: dict[str, Any], moments: tuple[Any, Any]
) -> None:
    y, v = moments
    expected = employees["tau2"]
    assert heterogeneity(y, v, "dl").tau2 == pytest.approx(expected["DL"], abs=1e-9)
    assert heterogeneity(y, v, "ml").tau2 == expected["ML"]
    # metafor solves Paule and Mandel's equation to 1.2e-4; here it holds exactly.
    exact = heterogeneity(y, v, "pm").tau2
    assert exact == pytest.approx(expected["PM"], abs=1.3e-4)
    w = 1 / (v + exact)
    mean = w @ y / w.sum()
    assert w @ (y - mean) ** 2 == pytest.approx(len(y) - 1, abs=1e-9)


def test_dyestuff_equals_lme4(reference: dict[str, Any]) -> None:
    """Peer: lmer(Yield ~ 1 + (1 | Batch)), REML."""
    expected = reference["dyestuff_lmm"]
    rows = [(b, y / 10) for b, values in DYESTUFF.items() for y in values]
    frame = pd.DataFrame(rows, columns=["batch", "yield"])
    card = cxstats.scorecard(
        frame, unit="batch", score="yield", metric="mean", scale="0-1000"
    )
    assert 100 * card.about.answer_variance == pytest.approx(
        expected["var_res"], abs=1e-4
    )
    found = card.judged.heterogeneity
    assert 100 * found.tau2 == pytest.approx(expected["var_batch"], abs=1e-4)
    assert 10 * found.mean == pytest.approx(expected["mu"], abs=1e-4)
    by_unit = {unit.unit: unit.estimate.value for unit in card.units}
    effects = [10 * by_unit[name] - expected["mu"] for name in DYESTUFF]
    assert effects == pytest.approx(expected["ranef"], abs=1e-4)


def test_batting_averages_equal_efron_and_morris(reference: dict[str, Any]) -> None:
    expected = reference["shrinkage_efron_morris"]
    y = np.array(expected["hits"]) / expected["n"]
    mean = y.mean()
    variance = mean * (1 - mean) / expected["n"]
    assert mean == pytest.approx(expected["ybar"], abs=1e-9)
    assert variance == pytest.approx(expected["sigma2"], abs=1e-11)
    values, own = james_stein(y, variance)
    assert own == pytest.approx(expected["one_minus_B"], abs=1e-9)
    assert values == pytest.approx(expected["js"], abs=1e-6)
    rest = np.array(expected["rest"])
    errors = [float(((guess - rest) ** 2).sum()) for guess in (y, values)]
    wanted = [expected["sse_mle"], expected["sse_js"]]
    assert errors == pytest.approx(wanted, abs=1e-9)


def test_batting_averages_on_the_arcsine_scale(reference: dict[str, Any]) -> None:
    expected = reference["shrinkage_efron_morris"]
    n = expected["n"]
    x = np.sqrt(n) * np.arcsin(2 * np.array(expected["hits"]) / n - 1)
    rest = np.sqrt(n) * np.arcsin(2 * np.array(expected["rest"]) - 1)
    values, own = james_stein(x, 1.0)
    wanted = expected["arcsine"]
    assert x.mean() == pytest.approx(wanted["xbar"], abs=1e-8)
    assert ((x - x.mean()) ** 2).sum() == pytest.approx(wanted["S2"], abs=1e-7)
    assert own == pytest.approx(wanted["factor"], abs=1e-9)
    errors = [float(((guess - rest) ** 2).sum()) for guess in (x, values)]
    assert errors == pytest.approx(wanted["sse"], abs=1e-6)


def test_shrinkage_of_equal_variances_is_one_factor() -> None:
    found = shrink(np.array([1.0, 2.0, 6.0]), np.full(3, 2.0), 2.0)
    assert found.value.tolist() == pytest.approx([2.0, 2.5, 4.5])


def test_funnel_with_over_dispersion_equals_funnelplotr(
    reference: dict[str, Any],
) -> None:
    """Peer: FunnelPlotR, proportions by Spiegelhalter's arcsine method."""
    expected = reference["funnel_overdispersion"]
    events, n = expected["num"], expected["den"]
    found = funnel_of_shares(events, n, winsor=0)
    assert np.sin(found.target) ** 2 == pytest.approx(expected["pbar"], abs=1e-8)
    assert found.phi == pytest.approx(expected["phi"], abs=1e-8)
    assert found.tau2 == pytest.approx(expected["tau2"], abs=1e-8)
    # The peer's z are printed with six decimals.
    assert found.z == pytest.approx(expected["z"], abs=6e-7)
    assert found.z_adjusted == pytest.approx(expected["z_od"], abs=6e-7)
    assert (np.abs(found.z) > 3).sum() == 3
    assert (np.abs(found.z_adjusted) > 3).sum() == 0
    winsorised = funnel_of_shares(events, n, winsor=0.1)
    assert winsorised.phi == pytest.approx(expected["winsor10"]["phi"], abs=1e-8)
    assert winsorised.tau2 == pytest.approx(expected["winsor10"]["tau2"], abs=1e-8)


def test_best_guesses_are_nearer_the_truth_and_their_intervals_hold() -> None:
    """Units of very different size, true scores drawn with a known variance."""
    random = np.random.default_rng(8)
    n = np.tile([5.0, 20.0, 80.0, 320.0], 10)
    v = 0.6 / n
    raw_errors, errors, held = [], [], []
    for _sample in range(40):
        truth = 0.3 + 0.1 * random.standard_normal(len(n))
        y = truth + np.sqrt(v) * random.standard_normal(len(n))
        found = shrink(y, v, heterogeneity(y, v).tau2)
        raw_errors.append(((y - truth) ** 2).mean())
        errors.append(((found.value - truth) ** 2).mean())
        held.append((np.abs(found.value - truth) <= 1.96 * found.std_error).mean())
    assert np.mean(errors) < 0.4 * np.mean(raw_errors)
    assert np.mean(held) == pytest.approx(0.95, abs=0.03)


def test_probabilities_below_target_are_true() -> None:
    random = np.random.default_rng(9)
    v = 0.6 / np.tile([20.0, 80.0, 320.0], 8)
    said, was = [], []
    for _sample in range(60):
        truth = 0.3 + 0.1 * random.standard_normal(len(v))
        y = truth + np.sqrt(v) * random.standard_normal(len(v))
        said.append(posterior(y, v, 1.0).below(0.25))
        was.append(truth < 0.25)
    chance, below = np.concatenate(said), np.concatenate(was)
    for low, high in ((0.0, 0.2), (0.2, 0.4), (0.4, 0.7), (0.7, 1.0)):
        chosen = (chance >= low) & (chance < high)
        assert below[chosen].mean() == pytest.approx(chance[chosen].mean(), abs=0.08)
