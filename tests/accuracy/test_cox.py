"""Cox's model against R's survival package (Efron ties), which lifelines equals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from statsmodels.duration.hazard_regression import PHReg

import cxstats
from cxstats.errors import InputError


def test_rossi_coefficients_likelihood_and_concordance_equal_r(
    reference_dir: Path, reference: dict[str, Any]
) -> None:
    known = reference["survival"]["rossi"]
    found = cxstats.cox_hazards(
        str(reference_dir / "rossi.csv"),
        duration="week",
        event="arrest",
        columns=list(known["coef"]),
    )
    for column in found.columns:
        expected = known["coef"][column.name]
        assert column.coefficient.value == pytest.approx(expected, abs=1e-8)
        error = known["se"][column.name]
        assert column.coefficient.std_error == pytest.approx(error, abs=1e-8)
    assert found.log_likelihood == pytest.approx(known["loglik"], abs=1e-6)
    assert found.concordance == pytest.approx(known["C"], abs=1e-8)
    by_name = {column.name: column.p_proportional for column in found.columns}
    for name in ("age", "wexp"):
        assert by_name[name] == pytest.approx(known["zph_p"][name], abs=1e-8)
    assert found.p_proportional == pytest.approx(known["zph_p"]["GLOBAL"], abs=1e-8)
    assert {notice.kind for notice in found.warnings} == {"not_proportional"}


def lives(rows: int = 400) -> pd.DataFrame:
    chance = np.random.default_rng(3)
    columns = chance.normal(size=(rows, 2)) * [1, 20]
    hazard = np.exp(columns @ [0.7, -0.02])
    time = np.ceil(chance.exponential(10 / hazard))
    left = chance.random(rows) < 0.8
    return pd.DataFrame(
        {"time": time, "left": left, "calls": columns[:, 0], "fee": columns[:, 1]}
    )


def test_heavily_tied_times_equal_statsmodels() -> None:
    data = lives()
    found = cxstats.cox_hazards(
        data, duration="time", event="left", columns=["calls", "fee"]
    )
    peer = PHReg(
        data["time"], data[["calls", "fee"]], status=data["left"], ties="efron"
    ).fit()
    ours = [column.coefficient.value for column in found.columns]
    np.testing.assert_allclose(ours, peer.params, rtol=1e-6)
    errors = [column.coefficient.std_error for column in found.columns]
    np.testing.assert_allclose(errors, peer.bse, rtol=1e-6)
    shown = str(found)
    assert "concordance" in shown
    assert found.to_dict()["n"] == len(data)
    assert "$schema" in found.chart().to_dict()


def test_rows_with_holes_are_counted_and_their_order_does_not_matter() -> None:
    data = lives()
    data.loc[:9, "fee"] = np.nan
    shuffled = data.sample(frac=1, random_state=1).reset_index(drop=True)
    names = {"duration": "time", "event": "left", "columns": ["calls", "fee"]}
    one, other = (
        cxstats.cox_hazards(data, **names),
        cxstats.cox_hazards(shuffled, **names),
    )
    assert one.n == len(data) - 10
    assert {notice.kind for notice in one.warnings} == {"incomplete"}
    for ours, theirs in zip(one.columns, other.columns, strict=True):
        assert ours.ratio.value == pytest.approx(theirs.ratio.value, rel=1e-10)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"fee": 1.0}, "one value only"),
        ({"left": 0}, "nobody left"),
        ({"fee": "calls"}, "repeat one another"),
        ({"left": "maybe"}, "an event is 1 or 0"),
        ({"calls": "time"}, "for sure who leaves first"),
    ],
)
def test_what_cannot_be_fitted_is_said(change: dict[str, Any], words: str) -> None:
    data = lives(80)
    for name, value in change.items():
        source = data.get(value, value)
        data[name] = -source if value == "time" else source
    if change == {"calls": "time"}:
        data["left"] = True
    with pytest.raises(InputError, match=words):
        cxstats.cox_hazards(
            data, duration="time", event="left", columns=["calls", "fee"]
        )
