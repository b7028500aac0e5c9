"""Value inversion and the recovery paradox as planned questions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import cxstats
from cxstats.errors import InputError

ROWS = 3_000


@pytest.fixture(scope="module")
def customers() -> pd.DataFrame:
    chance = np.random.default_rng(4)
    spend = chance.gamma(3, 40, ROWS).round(1)
    complaints = chance.poisson(0.3, ROWS)
    resolved = np.where(complaints > 0, chance.choice(["yes", "no"], ROWS), None)
    opinion = chance.normal(8.0, 1.6, ROWS) - 1.2 * (spend >= 180)
    opinion += np.where(resolved == "yes", 1.5, 0) - np.where(resolved == "no", 2.0, 0)
    return pd.DataFrame(
        {
            "score": np.clip(np.rint(opinion), 0, 10),
            "spend": spend,
            "tier": np.where(spend >= 180, "gold", "plain"),
            "complaints": complaints,
            "resolved": resolved,
        }
    )


@pytest.mark.requirement("R002-21")
def test_customers_of_high_value_score_lower(customers) -> None:
    found = cxstats.value_inversion(
        customers, score="score", value="spend", high=180, language="zh-Hant"
    )
    assert found.holds
    assert found.difference.upper < 0
    assert found.value.n == int((customers["spend"] >= 180).sum())
    assert found.sentence.startswith("價值越高，評價反而越低：spend不低於180的客戶")
    tiers = cxstats.value_inversion(customers, score="score", value="tier", high="gold")
    assert tiers.difference.value == pytest.approx(found.difference.value)
    fifth = cxstats.value_inversion(customers, score="score", value="spend")
    assert fifth.value.n == pytest.approx(ROWS / 5, abs=5)
    fewer = cxstats.value_inversion(
        customers, score="score", value="spend", high=60, where="spend < 150"
    )
    assert not fewer.holds
    assert fewer.sentence.startswith("No value inversion")


@pytest.mark.requirement("R002-22")
def test_resolved_complaints_make_the_paradox_and_others_do_not(customers) -> None:
    options = {"score": "score", "complaints": "complaints"}
    solved = cxstats.recovery_paradox(customers, **options, resolved="resolved = 'yes'")
    assert solved.holds
    never = customers[customers["complaints"] == 0]
    assert solved.rest.n == len(never)
    open_ones = cxstats.recovery_paradox(
        customers, **options, resolved="resolved = 'no'"
    )
    assert not open_ones.holds
    assert open_ones.difference.value < 0
    assert "No recovery paradox" in str(open_ones)
    assert set(solved.to_dict()) >= {"p_value", "holds", "sentence", "n", "rest_n"}
    assert len(solved.to_pandas()) == 2
    assert solved.chart().to_dict()


def test_too_few_are_not_tested(customers) -> None:
    found = cxstats.recovery_paradox(
        customers, score="score", complaints="complaints", at_least=5
    )
    assert not found.holds
    assert found.to_dict()["p_value"] is None
    assert found.warnings[-1].kind == "small_n"


def test_wrong_requests_are_refused(customers) -> None:
    with pytest.raises(InputError, match="say which are high"):
        cxstats.value_inversion(customers, score="score", value="tier")
    with pytest.raises(InputError, match="must be a number"):
        cxstats.value_inversion(customers, score="score", value="spend", high="gold")
    with pytest.raises(InputError, match="counted in a number"):
        cxstats.recovery_paradox(customers, score="score", complaints="tier")
    with pytest.raises(InputError, match="1 or more"):
        cxstats.recovery_paradox(
            customers, score="score", complaints="complaints", at_least=0
        )
