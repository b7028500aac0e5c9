"""Penalty-reward contrast against statsmodels, and what it allows to say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

import cxstats
from cxstats.errors import InputError

DRIVERS = ["network", "staff", "app"]


def survey(n: int = 600, seed: int = 1) -> pd.DataFrame:
    """Return ratings of which one only hurts, one only pleases, one does both."""
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame(rng.integers(1, 11, (n, 3)), columns=DRIVERS)
    outcome = 6 - 2 * (rows.network <= 6) + 2 * (rows.staff >= 9)
    outcome += (rows.app >= 9).astype(int) - (rows.app <= 6)
    rows["overall"] = outcome + np.rint(rng.normal(0, 1, n))
    rows["weight"] = rng.choice([0.5, 1.0, 2.0], n)
    rows["grid"] = rng.integers(0, 50, n)
    return rows


def found(data: Any, **options: Any) -> cxstats.PenaltyReward:
    given = {"outcome": "overall", "drivers": DRIVERS, **options}
    return cxstats.penalty_reward(data, **given)


def design(data: pd.DataFrame) -> pd.DataFrame:
    columns = {}
    for name in DRIVERS:
        columns[f"{name} low"] = (data[name] <= 6).astype(float)
        columns[f"{name} high"] = (data[name] >= 9).astype(float)
    return sm.add_constant(pd.DataFrame(columns))


def test_must_be_attractive_and_one_dimensional_are_told_apart() -> None:
    result = found(survey())
    kinds = {driver.name: driver.kind for driver in result}
    assert kinds == {
        "network": "must_be",
        "staff": "attractive",
        "app": "one_dimensional",
    }
    assert result.drivers[0].name == "network"


def test_what_has_no_effect_is_indifferent() -> None:
    data = survey().assign(app=np.random.default_rng(9).integers(1, 11, 600))
    kinds = {driver.name: driver.kind for driver in found(data)}
    assert kinds["app"] == "indifferent"


@pytest.mark.parametrize("design_option", [None, "weight", "grid"])
def test_effects_and_errors_equal_statsmodels(design_option: str | None) -> None:
    data = survey()
    if design_option == "grid":
        options, fitted = {"cluster": "grid"}, sm.OLS(data.overall, design(data))
        model = fitted.fit(cov_type="cluster", cov_kwds={"groups": data.grid})
        # statsmodels adds (n - 1) / (n - k) to the factor of the clusters.
        factor = (len(data) - 7) / (len(data) - 1)
    elif design_option == "weight":
        options = {"weight": "weight"}
        fitted = sm.WLS(data.overall, design(data), weights=data.weight)
        model = fitted.fit(cov_type="HC0")
        n = data.weight.sum() ** 2 / (data.weight**2).sum()
        factor = n / (n - 7)
    else:
        options, factor = {}, 1.0
        model = sm.OLS(data.overall, design(data)).fit(cov_type="HC1")
    result = found(data, **options)
    assert result.intercept.value == pytest.approx(model.params["const"])
    assert result.r_squared.value == pytest.approx(model.rsquared)
    for driver in result:
        low, high = f"{driver.name} low", f"{driver.name} high"
        assert -driver.penalty.value == pytest.approx(model.params[low])
        assert driver.reward.value == pytest.approx(model.params[high])
        error = model.bse[low] * factor**0.5
        assert driver.penalty.std_error == pytest.approx(error)
        both = model.cov_params().loc[[low, high], [low, high]].to_numpy().sum()
        assert driver.asymmetry.std_error == pytest.approx((both * factor) ** 0.5)


def test_many_rows_and_drivers_are_counted_in_pairs() -> None:
    rng = np.random.default_rng(2)
    names = [f"x{at}" for at in range(8)]
    data = pd.DataFrame(rng.integers(1, 11, (50_500, 8)), columns=names)
    data["overall"] = np.rint(6 - 2 * (data.x3 <= 6) + rng.normal(size=len(data)))
    result = cxstats.penalty_reward(data, outcome="overall", drivers=names)
    assert result.intercept.method == "ols"
    flags = np.column_stack([data[name] <= 6 for name in names])
    high = np.column_stack([data[name] >= 9 for name in names])
    columns = np.column_stack([np.ones(len(data)), flags, high]).astype(float)
    model = sm.OLS(data.overall, columns).fit()
    for driver in result:
        at = names.index(driver.name)
        assert -driver.penalty.value == pytest.approx(
            model.params.iloc[1 + at], abs=1e-8
        )
        assert driver.reward.value == pytest.approx(model.params.iloc[9 + at], abs=1e-8)
        assert driver.penalty.std_error == pytest.approx(model.bse.iloc[1 + at])
    assert [driver.kind for driver in result].count("must_be") == 1
    assert result.drivers[0].name == "x3"


def test_cuts_can_differ_by_driver() -> None:
    data = survey().assign(app=lambda d: (d.app + 1) // 2)
    cuts = {"network": (6, 9), "staff": (6, 9), "app": (3, 5)}
    result = {driver.name: driver for driver in found(data, cuts=cuts)}
    assert (result["app"].low, result["app"].high) == (3, 5)
    assert result["app"].low_share == pytest.approx((data.app <= 3).mean())
    assert result["app"].reward.value == pytest.approx(1, abs=0.3)


def test_classes_without_ratings_and_repeated_drivers_are_named() -> None:
    data = survey().assign(happy=10, again=lambda d: d.network)
    result = found(data, drivers=[*DRIVERS, "happy", "again"])
    named = {notice.kind: notice.columns for notice in result.warnings}
    assert named == {"few_ratings": ("happy",), "singular": ("again",)}
    kinds = {driver.name: driver.kind for driver in result}
    assert kinds["happy"] == kinds["again"] == "undetermined"
    assert kinds["network"] == "must_be"
    assert result.to_dict()["drivers"][-1]["penalty"] is None
    assert result.chart().to_dict()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cuts": (9, 6)}, "must be below the high one"),
        ({"cuts": {"network": (6, 9)}}, "no cuts for 'staff'"),
        ({"level": 2}, "between 0 and 1"),
        ({"where": "network > 99"}, "no row has a number in every driver"),
        ({"outcome": "same"}, "one value only"),
        ({"outcome": "huge"}, "too large to square"),
    ],
)
def test_what_cannot_be_contrasted_is_refused(
    options: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        found(survey(60).assign(same=5, huge=np.linspace(0, 1e200, 60)), **options)


def test_clusters_in_many_rows_are_told_to_be_unused() -> None:
    rng = np.random.default_rng(2)
    names = [f"x{at}" for at in range(8)]
    data = pd.DataFrame(rng.integers(1, 11, (50_001, 8)), columns=names)
    data["overall"] = rng.integers(0, 11, len(data))
    result = cxstats.penalty_reward(
        data, outcome="overall", drivers=names, cluster="x0", measure="nps"
    )
    assert "clusters" in {notice.kind for notice in result.warnings}
    assert result.unit == "points"


def test_the_result_shows_itself() -> None:
    result = found(survey())
    assert "must be" in str(result)
    assert list(result.to_pandas()["kind"]) == [driver.kind for driver in result]
    assert result.to_dict()["drivers"][0]["name"] == "network"
    marks = {layer["mark"]["type"] for layer in result.chart().to_dict()["layer"]}
    assert marks == {"bar", "rule"}
