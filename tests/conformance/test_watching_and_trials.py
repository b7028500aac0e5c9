"""Monitoring and experiments give the same numbers on every engine."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import cxstats
from cxstats.engine import Engine


def rows() -> pa.Table:
    """1,200 answers of eight months and two arms, some without time, arm or score."""
    rng = np.random.default_rng(4)
    n = 1_200
    start = datetime(2026, 1, 1)  # noqa: DTZ001 - stored times are UTC
    hours = rng.integers(0, 24 * 240, n)
    moments = [start + timedelta(hours=int(hour)) for hour in hours]
    score = rng.integers(0, 11, n).astype(float)
    score[hours > 4_000] = np.maximum(score[hours > 4_000] - 3, 0)
    gone = rng.random((3, n)) < 0.02
    return pa.table(
        {
            "q": pa.array(score, mask=gone[0]),
            "at": pa.array(moments, pa.timestamp("us"), mask=gone[1]),
            "day": pa.array([moment.date() for moment in moments], pa.date32()),
            "arm": pa.array(rng.choice(["c", "t"], n), mask=gone[2]),
            "before": rng.normal(0, 1, n),
            "shop": [f"s{k}" for k in rng.integers(0, 12, n)],
        }
    )


DATA = rows()


def watched(engine: Engine | None) -> dict[str, Any]:
    found = cxstats.monitor(
        DATA, score="q", time="at", time_zone="Asia/Shanghai", engine=engine
    )
    return found.to_dict()


def rated(engine: Engine | None) -> dict[str, Any]:
    found = cxstats.monitor_rate(
        DATA, time="at", period="week", exposure=500, time_zone="Asia/Shanghai",
        engine=engine,
    )  # fmt: skip
    return found.to_dict()


def tried(engine: Engine | None) -> dict[str, Any]:
    return cxstats.experiment(
        DATA, arm="arm", outcome="q", control="c", covariate="before", segment="shop",
        on_mismatch="warn", engine=engine,
    ).to_dict()  # fmt: skip


def compared(engine: Engine | None) -> dict[str, Any]:
    return cxstats.difference_in_differences(
        DATA, outcome="q", kind="nps", scale="0-10", group="arm", treated="t",
        time="day", after=date(2026, 6, 1), periods=[date(2026, 3, 1)], cluster="shop",
        engine=engine,
    ).to_dict()  # fmt: skip


def looked(engine: Engine | None) -> dict[str, Any]:
    return cxstats.sequential_looks(
        DATA, arm="arm", outcome="q", control="c", treatment="t", time="at",
        expected_effect=0.5, engine=engine,
    ).to_dict()  # fmt: skip


@pytest.mark.parametrize("answer", [watched, rated, tried, compared, looked])
def test_every_engine_gives_the_numbers_of_the_embedded_one(
    engine: Engine, answer: Any
) -> None:
    expected, found = flat(answer(None)), flat(answer(engine))
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        if isinstance(value, float):
            assert found[name] == pytest.approx(value, rel=1e-6, abs=1e-7), name
        else:
            assert found[name] == value, name


def flat(value: Any, name: str = "") -> dict[str, Any]:
    """Lay nested results out as one mapping of paths to values."""
    if isinstance(value, dict):
        parts = value.items()
    elif isinstance(value, list):
        parts = enumerate(value)  # type: ignore[assignment]
    else:
        return {name: value}
    found: dict[str, Any] = {}
    for key, part in parts:
        found.update(flat(part, f"{name}.{key}"))
    return found
