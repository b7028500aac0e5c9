"""Discovery against planted causes, chance, ctree of R's partykit and real surveys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import cxstats
from tests.cxstats.discovery.planted import CAUSES, planted

SEEDS = 20
VOICE_SCORE = "语音通话整体满意度"


def label(finding: cxstats.Finding) -> frozenset[tuple[str, Any]]:
    return frozenset((test["column"], test["value"]) for test in finding.predicate)


def test_exactly_the_planted_causes_on_18_of_20_seeds() -> None:
    exact = 0
    for seed in range(SEEDS):
        found = cxstats.discover(planted(seed), score="score")
        assert all(item.q_value < 0.05 for item in found.findings)
        exact += {label(item) for item in found.findings} == CAUSES
    assert exact >= 18


def test_permuted_outcomes_are_silent_in_19_of_20_runs() -> None:
    spoke = 0
    for seed in range(SEEDS):
        data = planted(100 + seed, rows=10_000)
        shuffled = np.random.default_rng(seed).permutation(data["score"].to_numpy())
        data = data.drop_columns("score").append_column("score", pa.array(shuffled))
        spoke += bool(cxstats.discover(data, score="score").findings)
    assert spoke <= 1


def test_ozone_breaks_where_ctree_of_partykit_splits(
    reference: dict[str, Any], reference_dir: Path
) -> None:
    expected = reference["ctree_airquality"]
    ozone = {
        "data": str(reference_dir / "airquality_ozone.csv"),
        "score": "Ozone",
        "scale": "1-168",
        "metric": "csat",
        "min_size": 7,
        "most_breaks": 1,
    }
    splits, leaves = [], []
    for column, where in (
        ("Temp", None),
        ("Wind", "Temp <= 82"),
        ("Temp", "Temp <= 82 and Wind > 6.9"),
        ("Wind", "Temp > 82"),
    ):
        found = cxstats.breakpoints(**ozone, column=column, where=where)
        splits.append(f"{column}<={found.breaks[0]:g}")
        leaves += [(p.estimate.n, p.estimate.value) for p in found.pieces]
        assert found.p <= 0.01
    assert splits == [text.split(" ")[0] for text in expected["splits"]]
    named = [leaves[2], *leaves[4:]]
    assert [n for n, _ in named] == expected["leaf_n"]
    means = [mean for _, mean in named]
    assert means == pytest.approx(expected["leaf_mean"], abs=1e-4)


def voice(real_data_dir: Path, column: str, **options: Any) -> cxstats.Breakpoints:
    return cxstats.breakpoints(
        str(real_data_dir / "beijing_mobile_voice" / "voice_rated.parquet"),
        score=VOICE_SCORE,
        scale="1-10",
        column=column,
        **options,
    )


def pieces(found: cxstats.Breakpoints) -> Any:
    """Scores of the pieces, to be held against numbers of one decimal."""
    return pytest.approx([piece.estimate.value for piece in found.pieces], abs=0.06)


@pytest.mark.real_data
def test_poor_sound_breaks_after_5_and_15(real_data_dir: Path) -> None:
    one = voice(real_data_dir, "mos质差次数", most_breaks=1)
    assert one.breaks == (5.0,)
    assert pieces(one) == [63.2, 47.9]
    assert [piece.estimate.n for piece in one.pieces] == [3854, 1579]
    two = voice(real_data_dir, "mos质差次数", most_breaks=2)
    assert two.breaks == (5.0, 15.0)
    assert pieces(two) == [63.2, 52.3, 33.2]
    assert two.p == 0.001


@pytest.mark.real_data
def test_dropped_calls_and_spend_break_where_they_should(real_data_dir: Path) -> None:
    one = voice(real_data_dir, "未接通掉话次数", most_breaks=1)
    assert one.breaks == (2.0,)
    assert pieces(one) == [61.0, 35.0]
    two = voice(real_data_dir, "未接通掉话次数", most_breaks=2)
    assert two.breaks == (1.0, 4.0)
    assert pieces(two) == [62.0, 48.6, 24.8]
    spend = voice(real_data_dir, "当月ARPU", most_breaks=1)
    assert spend.breaks[0] == pytest.approx(71, abs=1)
    assert pieces(spend) == [64.8, 51.5]


@pytest.mark.real_data
def test_missing_2g_time_is_an_artefact_of_the_mobile_survey(
    real_data_dir: Path,
) -> None:
    found = sorted(real_data_dir.glob("**/*mobile_data*/*.xlsx"))
    found += sorted(real_data_dir.glob("**/*上网*.xlsx"))
    if not found:
        pytest.skip("the workbook of mobile-data users is not among the real data")
    result = cxstats.discover(
        found[0],
        score="手机上网整体满意度",
        scale="1-10",
        columns=["2G驻留时长", "当月ARPU"],
    )
    told = [item for item in result.findings if "2G" in str(item.predicate)]
    assert told
    assert all(item.artefact for item in told)


def test_fields_that_go_with_ozone_have_the_statistics_and_p_of_ctree(
    reference: dict[str, Any], reference_dir: Path
) -> None:
    expected = reference["ctree_airquality"]
    found = cxstats.associations(
        str(reference_dir / "airquality_ozone.csv"),
        outcome="Ozone",
        columns=list(expected["root_stat"]),
    )
    assert found.columns[0].name == "Temp"
    for one in found.columns:
        statistic = expected["root_stat"][one.name]
        assert one.statistic == pytest.approx(statistic, abs=1e-6)
        assert one.p == pytest.approx(expected["root_p"][one.name], rel=1e-6)
