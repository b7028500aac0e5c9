"""Which numbers go with a score at all."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

import cxstats
from cxstats.errors import InputError


def table(rows: int = 500) -> pa.Table:
    chance = np.random.default_rng(4)
    calls = chance.poisson(3, rows).astype(float)
    score = np.clip(np.round(8 - calls + chance.normal(size=rows)), 0, 10)
    return pa.table(
        {"score": score, "calls": calls, "noise": chance.normal(size=rows),
         "same": np.full(rows, 7.3), "empty": pa.nulls(rows, pa.float64())}
    )  # fmt: skip


def test_what_goes_with_the_score_comes_first_and_constants_are_named() -> None:
    found = cxstats.associations(
        table(), outcome="score", columns=["noise", "same", "calls", "empty"]
    )
    assert [one.name for one in found.columns] == ["calls", "noise"]
    first, second = found.columns
    assert first.p < 1e-9
    assert second.p > 0.01
    assert first.correlation < -0.7
    (notice,) = found.warnings
    assert notice.message.startswith("same, empty:")
    assert "calls" in str(found)
    assert found.to_dict()["columns"][0]["n"] == 500
    assert "$schema" in found.chart().to_dict()


@pytest.mark.parametrize("columns", [[], ["score"]])
def test_nothing_to_test_is_refused(columns: list[str]) -> None:
    with pytest.raises(InputError, match="besides the outcome"):
        cxstats.associations(table(), outcome="score", columns=columns)
