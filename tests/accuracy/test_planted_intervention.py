"""The simulated operator's repair promise: found in its month, with its true effect."""

from __future__ import annotations

import pyarrow as pa
import pytest

import cxstats
from cxstats.simulate import Operator, Truth


@pytest.fixture(scope="module")
def repairs() -> tuple[pa.Table, Truth]:
    """Answers after broadband repairs, from 30,000 answers in all."""
    operator = Operator(scale=30_000, seed=11)
    place = operator.truth.intervention.touchpoint
    parts = [batch.answers for batch in operator.batches()]
    table = pa.concat_tables(parts)
    return table.filter(pa.compute.equal(table["touchpoint"], place)), operator.truth


def test_before_and_after_recovers_the_planted_effect(
    repairs: tuple[pa.Table, Truth],
) -> None:
    answers, truth = repairs
    planted = truth.intervention
    found = cxstats.difference_in_differences(
        answers,
        outcome="score",
        kind="nps",
        scale="0-10",
        group="a_region",
        treated=planted.region,
        time="responded_at",
        after=f"{planted.from_date}T00:00+08:00",
        periods=["2025-12-01", "2026-02-01"],
        cluster="a_grid",
    )
    assert planted.effect_points is not None
    assert found.estimate.lower < planted.effect_points < found.estimate.upper
    assert found.estimate.lower > 20
    assert found.trend is not None
    assert found.trend["p"] > 0.01
    before = planted.respondents["treated_before"]
    assert found.cells["treated_before"].n == before.n
    assert found.cells["treated_before"].value == pytest.approx(before.value, abs=1e-5)


def test_monitoring_dates_the_planted_change_and_is_silent_elsewhere(
    repairs: tuple[pa.Table, Truth],
) -> None:
    answers, truth = repairs
    planted = truth.intervention
    watched = {"score": "score", "time": "responded_at", "time_zone": "Asia/Shanghai"}
    treated = cxstats.monitor(
        answers, where=f"a_region = '{planted.region}'", **watched
    )
    (change,) = treated.to_dict()["changes"]
    assert change["period"] == planted.from_date
    assert {signal.direction for signal in treated.signals} == {"up"}
    assert min(s.period for s in treated.signals).isoformat() == planted.from_date
    rest = cxstats.monitor(answers, where=f"a_region != '{planted.region}'", **watched)
    assert rest.changes.changes == ()
    assert [s for s in rest.signals if s.kind == "limits"] == []


def test_interrupted_series_finds_the_jump_and_no_slope(
    repairs: tuple[pa.Table, Truth],
) -> None:
    answers, truth = repairs
    planted = truth.intervention
    series = cxstats.monitor(
        answers,
        score="score",
        time="responded_at",
        time_zone="Asia/Shanghai",
        where=f"a_region = '{planted.region}'",
    ).series
    found = cxstats.interrupted_series(
        series.value, position=series.place(planted.from_date), weights=series.n
    )
    assert found.level_change.lower > 15
    assert found.level_change.lower < 47 < found.level_change.upper
    assert found.slope_change.lower < 0 < found.slope_change.upper
