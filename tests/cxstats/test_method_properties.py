"""What must hold of every method: the order of rows, weights of one, NaN and NULL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import cxstats

Method = Callable[..., Any]
ROWS = 3_000


def answers() -> dict[str, Any]:
    """Answers with holes, a cause in one slice and two rated topics."""
    chance = np.random.default_rng(11)
    mood = chance.normal(size=ROWS)
    region = chance.choice(["东", "西", "南"], ROWS)
    calls = chance.poisson(3, ROWS).astype(float)
    plan = chance.choice(["a", "b", "c", "d"], ROWS)
    score = np.clip(np.round(7.5 + 2 * mood - 3 * (plan == "b")), 0, 10)
    first = np.clip(np.round(7 + 1.5 * mood + chance.normal(size=ROWS)), 1, 10)
    second = np.clip(np.round(7 + chance.normal(size=ROWS) * 2), 1, 10)
    for column in (score, calls, first):
        column[chance.random(ROWS) < 0.05] = np.nan
    days = chance.integers(0, 700, ROWS)
    return {
        "score": score, "region": region, "calls": calls, "plan": plan,
        "first": first, "second": second,
        "day": (np.datetime64("2024-01-01T12") + days.astype("m8[D]")).astype("M8[us]"),
        "unit": chance.choice([f"u{number}" for number in range(12)], ROWS),
        "one": np.ones(ROWS),
    }  # fmt: skip


def table(columns: dict[str, Any], *, nan: bool, order: Any = None) -> pa.Table:
    """Build an Arrow table whose holes are NaN or NULL."""
    made = {}
    for name, values in columns.items():
        taken = values if order is None else values[order]
        is_float = taken.dtype.kind == "f"
        made[name] = pa.array(taken, from_pandas=is_float and not nan)
    return pa.table(made)


METHODS: dict[str, Method] = {
    "nps": lambda data, **more: cxstats.nps(data, score="score", by="region", **more),
    "key_drivers": lambda data, **more: cxstats.key_drivers(
        data, outcome="score", drivers=["first", "second"], **more
    ),
    "discover": lambda data, **more: cxstats.discover(
        data, score="score", columns=["region", "plan", "calls"], **more
    ),
    "breakpoints": lambda data, **more: cxstats.breakpoints(
        data, score="score", column="calls", **more
    ),
    "scorecard": lambda data, **more: cxstats.scorecard(
        data, unit="unit", score="score", **more
    ),
    "monitor": lambda data, **more: cxstats.monitor(
        data, score="score", time="day", **more
    ),
}


def close(found: Any, wanted: Any) -> bool:
    """Compare two results as JSON, numbers to nine digits."""
    if isinstance(wanted, dict):
        return found.keys() == wanted.keys() and all(
            close(found[name], wanted[name]) for name in wanted
        )
    if isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(close, found, wanted))
    if isinstance(wanted, float):
        return found == pytest.approx(wanted, rel=1e-9, abs=1e-9)
    return bool(found == wanted)


@pytest.fixture(scope="module")
def columns() -> dict[str, Any]:
    return answers()


@pytest.fixture(scope="module")
def plain(columns: dict[str, Any]) -> dict[str, Any]:
    data = table(columns, nan=False)
    return {name: method(data).to_dict() for name, method in METHODS.items()}


@pytest.mark.parametrize("name", METHODS)
def test_the_order_of_rows_changes_nothing(
    name: str, columns: dict[str, Any], plain: dict[str, Any]
) -> None:
    order = np.random.default_rng(5).permutation(ROWS)
    shuffled = METHODS[name](table(columns, nan=False, order=order))
    assert close(shuffled.to_dict(), plain[name])


@pytest.mark.parametrize("name", METHODS)
def test_nan_is_read_as_null(
    name: str, columns: dict[str, Any], plain: dict[str, Any]
) -> None:
    assert close(METHODS[name](table(columns, nan=True)).to_dict(), plain[name])


def numbers(found: Any, path: str = "") -> dict[str, float]:
    """Return the point estimates of a result by their place in its JSON."""
    if isinstance(found, list):
        found = dict(enumerate(found))
    if not isinstance(found, dict):
        return {}
    made = {}
    for name, value in found.items():
        here = f"{path}/{name}"
        is_number = isinstance(value, int | float)
        if name in {"value", "importance", "share", "n"} and is_number:
            made[here] = float(value)
        made |= numbers(value, here)
    return made


@pytest.mark.parametrize("name", [name for name in METHODS if name != "nps"])
def test_weights_of_one_change_no_estimate(
    name: str, columns: dict[str, Any], plain: dict[str, Any]
) -> None:
    data = table(columns, nan=False)
    weighted = numbers(METHODS[name](data, weight="one").to_dict())
    unweighted = numbers(plain[name])
    assert len(unweighted) > 1
    assert close(weighted, unweighted)


@pytest.mark.parametrize("name", METHODS)
def test_every_result_shows_itself_four_ways(
    name: str, columns: dict[str, Any]
) -> None:
    result = METHODS[name](table(columns, nan=False))
    assert result.to_dict()
    assert len(result.to_pandas())
    assert len(str(result).splitlines()) > 1
    assert "$schema" in result.chart().to_dict()
