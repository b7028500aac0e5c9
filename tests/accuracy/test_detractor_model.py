"""Predicting low satisfaction of Beijing mobile's customers, as a peer study did.

Its five-fold AUC for a score of 6 or less: about .67 from operational data (O), .81
from stated problems and places (X), by models less carefully fitted.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import cxstats

pytestmark = pytest.mark.real_data
SCORE = "语音通话整体满意度"
FIRST_X, FIRST_O = "是否遇到过网络问题", "脱网次数"


@pytest.fixture(scope="module")
def voice(real_data_dir: Path) -> pa.Table:
    folder = real_data_dir / "beijing_mobile_voice"
    table = pq.read_table(folder / "voice_rated.parquet")
    low = pa.array((table[SCORE].to_numpy() <= 6).astype(int))
    return table.append_column("low", low)


def columns(table: pa.Table) -> tuple[list[str], list[str]]:
    """Operational columns, and stated problems and places."""
    names = table.column_names
    x, o = names.index(FIRST_X), names.index(FIRST_O)
    return names[o:-1], [name for name in names[x:o] if "描述" not in name]


def auc(table: pa.Table, names: list[str]) -> tuple[float, float]:
    found = cxstats.churn(
        table, label="low", id="用户id", columns=names, model="logistic"
    )
    return found.auc.value, found.best.slope.value


def test_operational_data_and_stated_problems_rank_as_the_peer_says(
    voice: pa.Table,
) -> None:
    o, x = columns(voice)
    found = [auc(voice, names) for names in (o, x)]
    aucs = [value for value, _slope in found]
    assert aucs == pytest.approx([0.67, 0.81], abs=0.03)
    assert all(0.9 <= slope <= 1.1 for _value, slope in found)


def test_attributes_of_the_same_questionnaire_are_no_predictors(
    voice: pa.Table,
) -> None:
    attributes = ["网络覆盖与信号强度", "语音通话清晰度", "语音通话稳定性"]
    found = cxstats.churn(
        voice,
        label="low",
        id="用户id",
        columns=[*attributes, "当月ARPU", "脱网次数"],
        model="logistic",
    )
    assert list(found.set_aside) == attributes
    assert found.auc.value < 0.7
