"""Effects, Qini and differences against R, scikit-uplift, causalml and statsmodels.

One published number is not reproduced: the difference in differences of Card and
Krueger with four controls (2.845066555, `with_controls`). It takes the rows of their
restaurants, since the estimate depends on how chain and ownership lie on the cells; the
reference gives n, sums and sums of squares of the four cells alone, which determine
the difference without controls and its errors (all reproduced below) and nothing about
the controls. `difference_in_differences` takes no controls either: groups that differ
in their mix are compared on a cluster's own change instead.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from statsmodels.regression.linear_model import OLS

import cxstats
from cxstats.experiments import (
    FourCells,
    Moments,
    uplift_quality,
    viral_customers,
    viral_limit,
)

ARMS = {"mens": "Mens E-Mail", "womens": "Womens E-Mail"}


@pytest.fixture(scope="module")
def hillstrom(real_data_dir: Path) -> pd.DataFrame:
    path = real_data_dir / "hillstrom" / "hillstrom.csv"
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert digest.startswith("ff9e5928")
    return pd.read_csv(path)


def test_hillstrom_effects_equal_the_reference(
    reference: dict[str, Any], hillstrom: pd.DataFrame
) -> None:
    """Differences, standard errors, Wald and Newcombe intervals, Welch's error."""
    book = reference["hillstrom"]
    for outcome in ("visit", "conversion", "spend"):
        found = cxstats.experiment(
            hillstrom, arm="segment", outcome=outcome, control="No E-Mail"
        )
        assert found.ratio.verdict == "ok"
        assert found.ratio.counts["No E-Mail"] == book["arms"]["control"]
        effects = {effect.arm: effect for effect in found.effects}
        for name, arm in ARMS.items():
            expected, effect = book[outcome][name], effects[arm]
            error = expected.get("se", expected.get("welch_se"))
            assert effect.estimate.value == pytest.approx(expected["uplift"], abs=1e-7)
            assert effect.estimate.std_error == pytest.approx(error, abs=1e-7)
            if "wald" in expected:
                wald = [effect.wald_lower, effect.wald_upper]
                own = [effect.estimate.lower, effect.estimate.upper]
                assert wald == pytest.approx(expected["wald"], abs=1e-7)
                assert own == pytest.approx(expected["newcombe"], abs=1e-7)
                assert effect.estimate.method == "newcombe"


def test_hillstrom_cuped_equals_the_reference_error(hillstrom: pd.DataFrame) -> None:
    """History explains 0.4 % of visits: .00323446 falls to .00322798."""
    found = cxstats.experiment(
        hillstrom,
        arm="segment",
        outcome="visit",
        control="No E-Mail",
        covariate="history",
    )
    (women,) = [e for e in found.effects if e.arm == ARMS["womens"]]
    assert women.adjusted is not None
    assert women.adjusted.std_error == pytest.approx(0.00322798, abs=1e-8)
    assert women.adjusted.value == pytest.approx(women.estimate.value, abs=5e-4)


@pytest.mark.parametrize("name", ["womens", "mens"])
@pytest.mark.parametrize("score", ["history", "womens*1000+history"])
def test_fixed_scores_equal_scikit_uplift_and_causalml(
    reference: dict[str, Any], hillstrom: pd.DataFrame, name: str, score: str
) -> None:
    expected = reference["hillstrom"][f"fixed_scores_{name}_visit"][score]
    both = hillstrom[hillstrom["segment"].isin([ARMS[name], "No E-Mail"])]
    ranked = both["history"].to_numpy()
    if score != "history":
        ranked = both["womens"].to_numpy() * 1000 + ranked
    # The reference breaks ties by the row, so this does too.
    found = uplift_quality(
        both["visit"],
        ranked + 1e-9 * np.arange(len(both)),
        both["segment"] == ARMS[name],
    )
    names = {
        "qini_auc": found.qini_auc,
        "uplift_auc": found.uplift_auc,
        "up30_overall": found.uplift_at,
        "up30_by_group": found.uplift_at_by_group,
        "causalml_auuc": found.gain_auc,
        "causalml_qini": found.qini_area,
    }
    for key, value in names.items():
        if key in expected:
            assert value == pytest.approx(expected[key], abs=1e-7), key
    if "causalml_qini_raw" in expected:
        raw = expected["causalml_qini_raw"]
        assert found.qini_area_raw == pytest.approx(raw, rel=1e-7)


def test_cross_validated_uplift_lies_in_the_reference_band(
    reference: dict[str, Any], hillstrom: pd.DataFrame
) -> None:
    """Qini .0606 of the T-learner, .0616 of the transformed class, ±.0166 a fold."""
    cv = reference["hillstrom"]["cv_womens_visit_qini"]
    found = cxstats.uplift(
        hillstrom,
        arm="segment",
        control="No E-Mail",
        treatment=ARMS["womens"],
        outcome="visit",
        features=["recency", "history", "mens", "womens", "newbie"],
        rule="womens",
        learners=("t_learner", "class_transformation"),
        folds=3,
        repeats=1,
    )
    scores = {scorer.name: scorer for scorer in found.scorers}
    for name, key in (("t_learner", "T_LR"), ("class_transformation", "CT_LR")):
        mean, spread = cv[key]
        assert scores[name].qini == pytest.approx(mean, abs=spread)
    assert abs(scores["random"].qini) < 0.03
    assert found.verdict == "rule_suffices"
    assert found.effect == pytest.approx(0.04523311, abs=1e-7)


def card_krueger(reference: dict[str, Any]) -> tuple[FourCells, dict[str, Any]]:
    book = reference["did_card_krueger"]
    cells = {
        name: Moments(book["cells"][name][0], book["cells"][name][0], *sums)
        for name, sums in book["sums"].items()
    }
    order = ("NJ91", "NJ93", "PA91", "PA93")
    return FourCells(*(cells[name] for name in order)), book


def test_card_and_krueger_equal_r_lm_and_sandwich(reference: dict[str, Any]) -> None:
    cells, book = card_krueger(reference)
    found = cells.difference()
    assert found.value == pytest.approx(book["did"], abs=1e-8)
    assert found.errors["ols"] == pytest.approx(book["se_ols"], abs=1e-8)
    for name in ("HC0", "HC1", "HC2", "HC3"):
        assert found.errors[name] == pytest.approx(book[name], abs=1e-8)
    squares = sum(cell[2] ** 2 for cell in book["cells"].values())
    assert found.errors["HC2"] == pytest.approx(np.sqrt(squares), abs=1e-8)


def test_card_and_krueger_through_the_public_function(
    reference: dict[str, Any],
) -> None:
    """Rows with the published n, sum and sum of squares of every cell."""
    cells, book = card_krueger(reference)
    parts = []
    places = (("NJ", 1991), ("NJ", 1993), ("PA", 1991), ("PA", 1993))
    for (state, year), cell in zip(places, cells.all, strict=True):
        n = int(cell.n)
        away = np.sqrt(cell.variance(0) * n / (n - n % 2))
        sides = np.repeat([cell.mean - away, cell.mean + away], n // 2)
        y = np.append(sides, [cell.mean] * (n % 2))
        parts.append(pd.DataFrame({"state": state, "year": year, "fte": y}))
    found = cxstats.difference_in_differences(
        pd.concat(parts),
        outcome="fte",
        group="state",
        treated="NJ",
        time="year",
        after=1993,
    )
    assert found.estimate.value == pytest.approx(book["did"], abs=1e-8)
    assert found.estimate.std_error == pytest.approx(book["HC2"], abs=1e-8)
    assert found.errors["HC1"] == pytest.approx(book["HC1"], abs=1e-8)


def test_clustered_differences_equal_statsmodels() -> None:
    rng = np.random.default_rng(4)
    shop = np.repeat(np.arange(12), 40)
    late, treated = np.tile([0, 1], 240), (shop < 5) * 1
    y = rng.normal(0, 1, 12)[shop] + 2 * late * treated + rng.normal(0, 1, 480)
    data = pa.table({"shop": shop, "late": late, "treated": treated, "y": y})
    found = cxstats.difference_in_differences(
        data,
        outcome="y",
        group="treated",
        treated=1,
        time="late",
        after=1,
        cluster="shop",
    )
    design = np.column_stack([np.ones(480), treated, late, treated * late])
    peer = OLS(y, design).fit(cov_type="cluster", cov_kwds={"groups": shop})
    assert found.estimate.value == pytest.approx(peer.params[3], abs=1e-9)
    assert found.estimate.std_error == pytest.approx(peer.bse[3], abs=1e-9)
    plain = OLS(y, design).fit()
    assert found.errors["ols"] == pytest.approx(plain.bse[3], abs=1e-9)
    assert found.errors["HC3"] == pytest.approx(plain.HC3_se[3], abs=1e-9)


def test_referral_growth_equals_the_geometric_series(
    reference: dict[str, Any],
) -> None:
    for days, customers in reference["viral_k"].items():
        found = viral_customers(10, k=2, days=float(days), cycle_days=2)
        assert found == customers
    assert viral_limit(10, k=0.5) == 20
