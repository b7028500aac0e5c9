"""Drivers give the same numbers on every engine, intervals included."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import cxstats

DRIVERS = ("network", "bill", "fault")


@cache
def ratings() -> pa.Table:
    """Ratings as numbers, text and truth values, with blanks and unusable weights."""
    rng = np.random.default_rng(4)
    network, bill = rng.integers(1, 11, (2, 400))
    fault = rng.random(400) < 0.3
    score = np.clip(
        np.rint(0.6 * network + 0.3 * bill - fault + rng.normal(size=400)), 0, 10
    )
    return pa.table(
        {
            "score": pa.array(score + 0.0, mask=rng.random(400) < 0.05),
            "network": pa.array(network),
            "bill": pa.array([str(value) for value in bill]),
            "fault": pa.array(fault, mask=rng.random(400) < 0.05),
            "weight": pa.array(rng.choice([0.0, 0.5, 1.0, 2.0], 400)),
            "grid": pa.array(rng.choice(["east", "west", "north"], 400)),
        }
    )


def numbers(result: Any) -> list[float]:
    found = []
    for driver in result:
        for estimate in (driver.importance, driver.share, driver.performance):
            found += [estimate.value, estimate.lower, estimate.upper]
    return found


@pytest.mark.parametrize("measure", ["score", "nps"])
def test_importance(engine, measure) -> None:
    asked = {"outcome": "score", "drivers": DRIVERS, "measure": measure}
    asked |= {"weight": "weight", "cluster": "grid", "missing": (7,), "replicates": 60}
    expected = cxstats.key_drivers(ratings(), **asked)
    found = cxstats.key_drivers(ratings(), **asked, engine=engine)
    assert [one.name for one in found] == [one.name for one in expected]
    assert found.n == expected.n
    assert numbers(found) == pytest.approx(numbers(expected), abs=1e-9)


def test_contributions_of_groups_and_penalties(engine) -> None:
    asked = {"outcome": "score", "drivers": DRIVERS[:2], "weight": "weight"}
    there = cxstats.driver_contributions(
        ratings(), **asked, by="grid", replicates=60, engine=engine
    )
    here = cxstats.driver_contributions(ratings(), **asked, by="grid", replicates=60)
    for one, other in zip(there, here, strict=True):
        assert one.to_dict()["group"] == other.key
        for name, part in one.parts.items():
            assert part.value == pytest.approx(other.parts[name].value, abs=1e-9)
            assert part.lower == pytest.approx(other.parts[name].lower, abs=1e-9)
    found = cxstats.penalty_reward(ratings(), **asked, engine=engine).to_dict()
    expected = cxstats.penalty_reward(ratings(), **asked).to_dict()
    for one, other in zip(found["drivers"], expected["drivers"], strict=True):
        assert one["kind"] == other["kind"]
        assert one["penalty_lower"] == pytest.approx(other["penalty_lower"])
