"""The matrix: a quadrant only where both intervals keep to one side."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import cxstats

DRIVERS = ["network", "bill", "shop", "app"]


def survey(n: int = 800, seed: int = 1) -> pd.DataFrame:
    """Return ratings: important or not, well or badly rated."""
    rng = np.random.default_rng(seed)
    weak, strong = rng.integers(1, 8, (2, n)), rng.integers(5, 11, (2, n))
    rows = pd.DataFrame(
        {"network": weak[0], "bill": strong[0], "shop": weak[1], "app": strong[1]}
    )
    rows["overall"] = rows.network + rows.bill + rng.normal(0, 2, n)
    return rows


def placed(data: Any, **options: Any) -> cxstats.ImportancePerformance:
    given = {"outcome": "overall", "drivers": DRIVERS, "replicates": 300, **options}
    return cxstats.importance_performance(data, **given)


@pytest.mark.requirement("R000-31", "R003-16")
def test_each_quadrant_is_found_and_the_weak_and_important_driver_is_first() -> None:
    result = placed(survey())
    assert {driver.name: driver.quadrant for driver in result} == {
        "network": "concentrate_here",
        "bill": "keep_up",
        "shop": "low_priority",
        "app": "possible_overkill",
    }
    assert result.drivers[0].name == "network"
    assert result.drivers[0].gap.lower > 0
    assert result.share_line == 0.25
    assert result.performance_line == pytest.approx(survey()[DRIVERS].to_numpy().mean())


def test_an_interval_that_crosses_a_line_leaves_a_driver_undetermined() -> None:
    data = survey()
    target = float(data.network.mean())
    quadrants = {driver.name: driver.quadrant for driver in placed(data, target=target)}
    assert quadrants["network"] == "undetermined"
    assert quadrants["bill"] == "keep_up"
    few = placed(data.head(25))
    assert "undetermined" in {driver.quadrant for driver in few}


def test_performance_can_be_in_percent_of_the_scale() -> None:
    result = placed(survey(), driver_scale="0-10")
    for driver in result:
        mean = survey()[driver.name].mean()
        assert driver.performance.value == pytest.approx(10 * mean)
        assert driver.quadrant != "undetermined"


def test_drivers_on_different_scales_are_told() -> None:
    result = placed(survey().assign(app=lambda d: d.app > 7))
    assert [notice.kind for notice in result.warnings] == ["scale"]


def test_the_region_holds_about_its_level_of_the_simulated_places() -> None:
    region = placed(survey()).drivers[0].region
    outline = region.outline(0.5, 4.0, points=200)
    away = outline - [4.0, 0.5]
    matrix = np.array(
        [
            [region.variance_performance, region.covariance],
            [region.covariance, region.variance_share],
        ]
    )
    radius = np.sqrt(np.einsum("ij,jk,ik->i", away, np.linalg.inv(matrix), away))
    assert radius == pytest.approx(region.radius)
    assert region.radius == pytest.approx(2.4477, abs=1e-4)


def test_the_matrix_shows_itself() -> None:
    result = placed(survey())
    assert "concentrate here" in str(result)
    assert result.to_dict()["drivers"][0]["region"]["radius"] > 0
    assert len(result.to_pandas()) == 4
    chart = result.chart().to_dict()
    kinds = [layer["mark"]["type"] for layer in chart["layer"]]
    assert kinds == ["rule", "rule", "line", "point", "text"]
