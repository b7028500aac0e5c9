"""Survival against R's survival package and lifelines, which agree to 1e-8."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cxstats
from cxstats.loyalty import Survival
from cxstats.loyalty.hazard import hazard_ratios


@pytest.fixture(scope="module")
def known(reference: dict[str, Any]) -> dict[str, Any]:
    survival: dict[str, Any] = reference["survival"]
    return survival


@pytest.fixture(scope="module")
def grouped(reference_dir: Path) -> Survival:
    return cxstats.survival_from_counts(
        str(reference_dir / "telco_hazard_grouped.csv"),
        time="t",
        at_risk="n",
        events="e",
        by="Contract",
    )


@pytest.fixture(scope="module")
def telco(real_data_dir: Path) -> str:
    return str(real_data_dir / "ibm_telco" / "Telco-Customer-Churn.csv")


def test_waltons_survival_median_and_log_rank_equal_r(
    reference_dir: Path, known: dict[str, Any]
) -> None:
    path = str(reference_dir / "waltons.csv")
    flies = known["waltons"]
    all_ = cxstats.survival(path, duration="T", event="E").curve()
    assert (all_.table.n, all_.table.events.sum()) == (flies["n"], flies["events"])
    for time, share in flies["S"].items():
        assert all_.at(float(time)).value == pytest.approx(share, abs=1e-8)
    assert all_.median.value == flies["median"]
    test = cxstats.survival(path, duration="T", event="E", by="group").test
    assert test is not None
    assert test.statistic == pytest.approx(flies["logrank"], abs=1e-6)


@pytest.mark.real_data
def test_telco_survival_and_its_log_interval_equal_r(
    telco: str, known: dict[str, Any]
) -> None:
    expected = known["telco_km"]
    curve = cxstats.survival(telco, duration="tenure", event="Churn").curve()
    for time, share in expected["S"].items():
        assert curve.at(float(time)).value == pytest.approx(share, abs=1e-8)
    year = curve.at(12)
    assert year.std_error == pytest.approx(expected["se12"], abs=1e-8)
    assert [year.lower, year.upper] == pytest.approx(expected["ci12"], abs=1e-8)
    by = cxstats.survival(telco, duration="tenure", event="Churn", by="Contract")
    assert by.test is not None
    assert by.test.statistic == pytest.approx(expected["logrank_contract"], abs=0.05)
    two_years = {"Month-to-month": 0.58591547, "One year": 0.97827238, "Two year": 1.0}
    for contract, share in two_years.items():
        assert by.curve(contract).at(24).value == pytest.approx(share, abs=1e-8)


def test_cloglog_hazards_of_grouped_counts_equal_the_saturated_model_and_near_cox(
    grouped: Survival, known: dict[str, Any]
) -> None:
    expected = known["telco_grouped_hazard"]
    cells = [(c.table.at_risk.sum(), c.table.events.sum()) for c in grouped.curves]
    assert sum(len(c.table.time) for c in grouped.curves) == expected["cells"]
    assert sum(n for n, _e in cells) == expected["person_months"]
    assert sum(e for _n, e in cells) == expected["events"]
    fitted = hazard_ratios(tuple(curve.table for curve in grouped.curves))
    log = {
        str(curve.group).replace(" y", "Y"): estimate.value
        for curve, estimate in zip(grouped.curves, fitted.coefficients, strict=True)
    }
    for group, value in expected["cloglog_saturated_time"].items():
        assert log[group] == pytest.approx(value, abs=1e-6)
    for group, value in expected["cox_efron"].items():
        assert log[group] == pytest.approx(value, abs=0.01)


@pytest.mark.real_data
def test_survival_of_rows_is_the_product_of_grouped_hazards_exactly(
    telco: str, grouped: Survival
) -> None:
    rows = cxstats.survival(telco, duration="tenure", event="Churn", by="Contract")
    for curve in grouped.curves:
        table = curve.table
        product = np.cumprod(1 - table.events / table.at_risk)
        for time, share in zip(table.time, product, strict=True):
            assert rows.curve(curve.group).at(float(time)).value == pytest.approx(
                float(share), abs=1e-12
            )
