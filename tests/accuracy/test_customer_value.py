"""CDNOW purchases against lifetimes 0.11.3 and the published optimum."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import cxstats
from cxstats.loyalty import RepeatPurchases
from cxstats.loyalty.bgnbd import BgNbd, Histories

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def histories(real_data_dir: Path) -> pd.DataFrame:
    """Weeks to two decimals, as the published table has them."""
    purchases = pd.read_csv(
        real_data_dir / "cdnow" / "CDNOW_sample.txt",
        sep=r"\s+",
        header=None,
        names=["master", "id", "date", "cds", "dollars"],
        dtype={"date": str},
    )
    purchases["date"] = pd.to_datetime(purchases["date"])
    summary = cxstats.purchase_summary(
        purchases, id="id", time="date", amount="dollars", end="1997-09-30"
    ).to_pandas()
    numbers = ["recency", "age", "mean"]
    summary[numbers] = np.floor(summary[numbers] * 100 + 0.5 + 1e-9) / 100
    return summary


@pytest.fixture(scope="module")
def result(histories: pd.DataFrame) -> RepeatPurchases:
    return cxstats.repeat_purchases(
        histories,
        frequency="frequency",
        recency="recency",
        age="age",
        mean="mean",
        horizon=39,
    )


def test_bgnbd_parameters_equal_lifetimes(
    result: RepeatPurchases, reference: dict[str, Any]
) -> None:
    known = reference["bgnbd_cdnow"]
    assert result.n == known["n"]
    for name in ("r", "alpha", "a", "b"):
        assert result.parameters[name].value == pytest.approx(known[name], abs=1e-4)
    assert result.log_likelihood == pytest.approx(known["loglik"], abs=1e-4)


def test_likelihood_at_the_published_parameters(
    result: RepeatPurchases, reference: dict[str, Any]
) -> None:
    cells = result.cells
    histories = Histories(
        cells["frequency"], cells["recency"], cells["age"], cells["n"]
    )
    published = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426)
    known = reference["bgnbd_cdnow"]["loglik_at_paper"]
    assert published.log_likelihood(histories) == pytest.approx(known, abs=1e-4)


def test_one_customer_s_purchases_and_chance_of_being_active_equal_lifetimes(
    result: RepeatPurchases, reference: dict[str, Any]
) -> None:
    known = reference["bgnbd_cdnow"]["customer_2_30p43_38p86"]
    customer = [np.array([number]) for number in (2.0, 30.43, 38.86)]
    model = result.purchases
    assert model.p_alive(*customer)[0] == pytest.approx(known["p_alive"], abs=1e-4)
    expected = model.expected_purchases(*customer, 39)[0]
    assert expected == pytest.approx(known["E39"], abs=1e-4)


def test_gamma_gamma_equals_lifetimes(
    result: RepeatPurchases, histories: pd.DataFrame, reference: dict[str, Any]
) -> None:
    known = reference["gammagamma_cdnow"]
    assert result.parameters["p"].n == known["n_repeat"]
    for name in ("p", "q", "v"):
        found = result.parameters[name].value
        assert found == pytest.approx(known[name], abs=1e-4)
    first = histories.head(5)
    assert result.spend is not None
    spend = result.spend.expected_spend(
        first["frequency"].to_numpy(), first["mean"].to_numpy()
    )
    assert spend == pytest.approx(known["first5"], abs=1e-4)


def test_a_thousand_cells_stand_for_all_customers(
    result: RepeatPurchases, reference: dict[str, Any]
) -> None:
    known = reference["bgnbd_cdnow"]
    cells = result.to_pandas()
    histories = cells.groupby(["frequency", "recency", "age"]).size()
    assert len(histories) == known["unique_cells"]
    once = cells.loc[cells["frequency"] == 0, "n"].sum() / result.n
    assert once == pytest.approx(known["frac_freq0"], abs=1e-7)
