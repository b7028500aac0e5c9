"""`cxstats monitor`: JSON keys, the printed table, refusals."""

from __future__ import annotations

from pathlib import Path

import pytest

KEYS = [
    "metric",
    "unit",
    "period",
    "level",
    "centre",
    "limits",
    "spread",
    "periods",
    "signals",
    "changes",
    "change_p",
    "season",
    "growth",
    "year_over_year",
    "dispersion",
    "false_alarm_every",
    "detectability",
    "excluded",
    "warnings",
]


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    rows = ["推荐意愿,日期"]
    for month in range(1, 13):
        promoters = 60 if month < 10 else 25
        rows += [f"10,2025-{month:02d}-03"] * promoters
        rows += [f"5,2025-{month:02d}-03"] * (98 + month % 3 - promoters)
    rows += ["98,2025-05-05"]
    path = tmp_path / "answers.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


@pytest.mark.requirement("R004-40")
def test_json_has_periods_signals_and_changes(cxstats, answers):
    words = ("monitor", answers, "--score", "推荐意愿", "--time", "日期")
    answer = cxstats(*words, "--missing", "98", "--json")
    assert answer.code == 0
    found = answer.json
    assert list(found) == KEYS
    assert [row["period"] for row in found["periods"]][:2] == [
        "2025-01-01",
        "2025-02-01",
    ]
    assert {"period", "kind", "direction", "since", "value", "statistic"} == set(
        found["signals"][0]
    )
    assert found["signals"][0]["period"] == "2025-10-01"
    assert found["changes"][0]["period"] == "2025-10-01"
    assert found["excluded"] == {"missing_code": 1}


def test_the_table_shows_limits_signals_and_false_alarms(cxstats, answers):
    words = ("monitor", answers, "--score", "推荐意愿", "--time", "日期")
    answer = cxstats(*words, "--baseline", "2025-01-01", "2025-09-30")
    assert answer.code == 0
    assert "upper limit" in answer.out
    assert "signal: limits down in 2025-10-01" in answer.out
    assert "periods between false alarms" in answer.out
    assert "left out: 1 outside the scale" in answer.out


def test_a_share_needs_its_values(cxstats, answers):
    words = ("monitor", answers, "--score", "推荐意愿", "--time", "日期")
    refused = cxstats(*words, "--metric", "share")
    assert refused.code == 2
    assert "values" in refused.err
    share = cxstats(*words, "--metric", "share", "--values", "10", "9", "--json")
    assert share.json["unit"] == "share"


@pytest.mark.requirement("R004-41")
def test_a_rate_needs_its_exposure(cxstats, answers):
    words = ("monitor", answers, "--time", "日期", "--metric", "rate")
    months = [f"2025-{month:02d}-01=50000" for month in range(1, 13)]
    rate = cxstats(*words, "--exposure", *months, "--json")
    assert rate.code == 0
    assert rate.json["unit"] == "rate"
    assert rate.json["periods"][0]["value"] == pytest.approx(99 / 5)
    assert len(rate.json["growth"]) == 11
    one = cxstats(*words, "--exposure", "50000", "--per", "1000000")
    assert "rate per month" in one.out
    for wrong in ([], ["--exposure", "many"], ["--exposure", "2025-01-01=1"]):
        refused = cxstats(*words, *wrong)
        assert refused.code == 2
        assert "exposure" in refused.err
    assert cxstats("monitor", answers, "--time", "日期").code == 2
