"""Scores of real surveys, read as their owners exported them."""

from __future__ import annotations

from pathlib import Path

import pytest

import cxstats

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def airport(real_data_dir: Path) -> str:
    return str(real_data_dir / "sfo_2017" / "sfo_2017.csv")


@pytest.fixture(scope="module")
def voice(real_data_dir: Path) -> str:
    return str(real_data_dir / "beijing_mobile_voice" / "voice_rated.parquet")


@pytest.mark.requirement("R000-20")
def test_airport_score_unweighted_and_weighted(airport: str) -> None:
    plain = cxstats.nps(airport, score="NETPRO", missing=(11,))
    assert plain.estimate.n == 2746
    assert round(plain.estimate.value, 1) == 39.8
    assert "scale" not in [notice.kind for notice in plain.warnings]
    weighted = cxstats.nps(airport, score="NETPRO", missing=(11,), weight="WEIGHT")
    assert round(weighted.estimate.value, 1) == 40.4
    assert weighted.estimate.n == 2746
    assert weighted.estimate.n_effective < 2746


def test_airport_blank_code_is_suspected_when_it_is_not_named(airport: str) -> None:
    result = cxstats.nps(airport, score="NETPRO")
    assert result.estimate.n == 2746
    messages = [n.message for n in result.warnings if n.kind == "missing_code"]
    assert len(messages) == 1
    assert messages[0].startswith("11 occurs")


def test_voice_satisfaction_is_not_nps(voice: str) -> None:
    score = "语音通话整体满意度"
    asked = cxstats.nps(voice, score=score)
    assert asked.warnings[0].kind == "scale"
    result = cxstats.nps(voice, score=score, scale="1-10")
    e, parts = result.estimate, result.groups[0].parts
    assert result.metric == "nps_like"
    assert (e.n, round(e.value, 2), round(e.std_error, 2)) == (5433, 58.72, 0.97)
    counts = [round(part.value * e.n) for part in parts.values()]
    assert counts == [3921, 781, 731]


def test_voice_mean_and_boxes(voice: str) -> None:
    result = cxstats.csat(voice, score="语音通话整体满意度", scale="1-10")
    parts = result.groups[0].parts
    assert round(result.estimate.value, 2) == 8.68
    assert round(100 * parts["top_box"].value, 1) == 58.1
    assert round(100 * parts["bottom_box"].value, 1) == 3.8


def test_voice_groups(voice: str) -> None:
    result = cxstats.nps(
        voice, score="语音通话整体满意度", scale="1-10", by="是否遇到过网络问题"
    )
    found = sorted((g.estimate.n, round(g.estimate.value, 1)) for g in result)
    assert found == [(2573, 90.6), (2860, 30.1)]
    stars = cxstats.nps(
        voice, score="语音通话整体满意度", scale="1-10", by="客户星级标识"
    )
    values = {g.by["客户星级标识"]: g.estimate for g in stars}
    expected = {"三星": 66.7, "银卡": 50.7, "一星": 41.9, "钻石卡": -40.0}
    assert {name: round(values[name].value, 1) for name in expected} == expected
    assert values["钻石卡"].n == 10
    assert cxstats.MinimumN().standing(values["钻石卡"].n) == "hidden"


def test_people_who_met_a_problem_score_lower(voice: str) -> None:
    found = cxstats.compare(
        voice,
        score="语音通话整体满意度",
        scale="1-10",
        between="是否遇到过网络问题",
    )
    assert abs(found[0].estimate.value) == pytest.approx(60.5, abs=0.05)
    assert found[0].verdict in {"rose", "fell"}
    assert found.metric == "nps_like"
