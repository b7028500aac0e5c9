"""The model of who answers against statsmodels, and its interval by simulation."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
import statsmodels.api as sm

import cxstats
from cxstats.engine import open_engine
from cxstats.nonresponse.propensity import fit_propensity


def test_grouped_logistic_regression_equals_statsmodels() -> None:
    random = np.random.default_rng(0)
    levels = [[a for a in range(4) for _b in range(3)], list(range(3)) * 4]
    people = random.integers(50, 500, 12).astype(float)
    yes = np.floor(people * random.random(12) * 0.5)
    model = fit_propensity(levels, people, yes)
    table = np.column_stack([yes, people - yes])
    family = sm.families.Binomial()
    peer = sm.GLM(table, model.design, family=family).fit(tol=1e-12)
    assert model.probability == pytest.approx(peer.fittedvalues, abs=1e-8)
    assert model.inverse == pytest.approx(peer.cov_params(), abs=1e-8)


def test_standard_error_is_the_spread_over_samples() -> None:
    random = np.random.default_rng(4)
    values, errors = [], []
    with open_engine() as engine:
        for _sample in range(60):
            x, z = random.integers(0, 4, 3000), random.integers(0, 3, 3000)
            odds = -1.2 + 0.6 * x - 0.5 * z
            answered = random.random(3000) < 1 / (1 + np.exp(-odds))
            score = np.where(random.random(3000) < 0.3 + 0.12 * x, 10.0, 3.0)
            data = pa.table({"q": np.where(answered, score, np.nan), "x": x, "z": z})
            found = cxstats.adjust_nonresponse(
                data, score="q", features=["x", "z"], trim=50, engine=engine
            )
            values.append(found.adjusted.value)
            errors.append(found.adjusted.std_error)
    truth = 100 * (2 * (0.3 + 0.12 * 1.5) - 1)
    spread = float(np.std(values, ddof=1))
    assert np.mean(values) == pytest.approx(truth, abs=4 * spread / np.sqrt(60))
    assert np.mean(errors) == pytest.approx(spread, rel=0.3)
