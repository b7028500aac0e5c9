"""Churn of the IBM telco customers, against an honest ten-fold study of the same table.

The peers are scikit-learn and LightGBM: AUC .8455 for logistic regression and .8488 for
small trees, slope .986, Brier .1353, lift 2.86. Above .86 something has leaked.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import csv

import cxstats
from cxstats.churn import ChurnResult

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def classic(real_data_dir: Path) -> pa.Table:
    return csv.read_csv(real_data_dir / "ibm_telco" / "Telco-Customer-Churn.csv")


@pytest.fixture(scope="module")
def satisfied(real_data_dir: Path, classic: pa.Table) -> pa.Table:
    """The classic table with the satisfaction score of the extended one."""
    path = real_data_dir / "ibm_telco" / "telco_extended_merged.csv"
    extra = csv.read_csv(path).select(["Customer ID", "Satisfaction Score"])
    return classic.join(extra, "customerID", "Customer ID", "inner")


@pytest.fixture(scope="module")
def result(classic: pa.Table) -> ChurnResult:
    return cxstats.churn(classic, label="Churn", id="customerID")


def test_both_models_rank_as_the_honest_study_says(
    result: ChurnResult, reference: dict[str, Any]
) -> None:
    known = reference["churn_ibm_telco"]
    assert (result.n, round(result.base_rate, 5)) == (known["n"], known["base"])
    logistic, boosted = result.measured
    assert logistic.auc.value == pytest.approx(known["LR"]["auc"], abs=0.003)
    assert logistic.brier.value == pytest.approx(known["LR"]["brier"], abs=0.001)
    assert logistic.slope.value == pytest.approx(known["LR"]["slope"], abs=0.03)
    assert boosted.auc.value == pytest.approx(known["GB_small"]["auc"], abs=0.003)
    assert boosted.brier.value == pytest.approx(known["GB_small"]["brier"], abs=0.001)
    assert logistic.lift_at_10.value == pytest.approx(known["lift10"], abs=0.05)
    lower, upper = known["LR"]["ci"]
    assert logistic.auc.upper - logistic.auc.lower == pytest.approx(
        upper - lower, abs=0.003
    )


def test_the_answer_is_in_the_accepted_bands(result: ChurnResult) -> None:
    for item in result.measured:
        assert 0.840 <= item.auc.value <= 0.855
        assert 0.9 <= item.slope.value <= 1.1
        assert item.brier.value <= 0.137
    assert result.warnings == ()


def test_the_satisfaction_score_that_leaks_fires_the_warning(
    satisfied: pa.Table, result: ChurnResult
) -> None:
    found = cxstats.churn(satisfied, label="Churn", id="customerID", model="logistic")
    notice = next(item for item in found.warnings if item.kind == "leakage")
    assert notice.to_dict()["columns"] == ["Satisfaction Score"]
    # Set aside, so the AUC is the honest one.
    assert found.auc.value == pytest.approx(result.measured[0].auc.value, abs=1e-9)


def test_every_leak_of_the_extended_table_is_set_aside(real_data_dir: Path) -> None:
    path = real_data_dir / "ibm_telco" / "telco_extended_merged.csv"
    leaks = {
        "Satisfaction Score",
        "Customer Status",
        "Churn Value",
        "Churn Score",
        "Churn Category",
        "Churn Reason",
    }
    honest = {"Number of Referrals", "Tenure in Months", "Contract", "Offer", "CLTV"}
    found = cxstats.churn(
        str(path),
        label="Churn Label",
        id="Customer ID",
        columns=[*leaks, *honest],
        model="logistic",
    )
    assert set(found.set_aside) == leaks
    assert set(found.columns) == honest
    assert found.auc.value < 0.92
