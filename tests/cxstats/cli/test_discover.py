"""`cxstats discover` and `cxstats breakpoints`: JSON keys, tables, refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

FINDING_KEYS = [
    *("predicate", "n", "value", "rest", "difference", "lower", "upper"),
    *("q_value", "impact", "artefact", "sentence"),
]


@pytest.fixture
def file(tmp_path):
    chance = np.random.default_rng(9)
    rows = 3_000
    frame = pd.DataFrame(
        {
            "网格": chance.choice(["东", "西", "南"], rows),
            "掉话": chance.poisson(2, rows),
            "a,b": chance.choice(["x", "y"], rows),
            "wave": chance.choice([2025, 2026], rows),
        }
    )
    opinion = chance.normal(8.4, 1.6, rows) - 2.0 * (frame["网格"] == "东")
    frame["q1"] = np.clip(np.rint(opinion - (frame["掉话"] > 3)), 0, 10).astype(int)
    path = tmp_path / "survey.csv"
    frame.to_csv(path, index=False)
    return path


def test_discover_prints_the_agreed_json(cxstats, file):
    answer = cxstats(
        "discover", file, "--score", "q1", "--json", "--language", "zh-Hans"
    )
    assert answer.code == 0
    assert list(answer.json) == ["tested", "findings", "warnings"]
    assert answer.json["tested"] > 10
    first = answer.json["findings"][0]
    assert list(first) == FINDING_KEYS
    assert first["predicate"] == [{"column": "网格", "op": "=", "value": "东"}]
    assert first["lower"] < first["difference"] < first["upper"] < 0
    assert first["sentence"].startswith("网格为东的客户")
    assert first["artefact"] is False


def test_columns_conditions_and_waves_can_be_said(cxstats, file):
    plain = ("discover", file, "--score", "q1", "--json")
    some = cxstats(*plain, "--columns", "掉话,wave", "--max-conditions", "1").json
    names = {test["column"] for item in some["findings"] for test in item["predicate"]}
    assert names == {"掉话"}
    odd = cxstats(*plain, "--columns", "a,b")
    assert odd.code == 0
    assert odd.json["findings"] == []
    later = cxstats(*plain, "--replicate-on", "wave = 2026").json["findings"][0]
    assert list(later) == [*FINDING_KEYS, "replication"]
    assert later["replication"]["status"] == "confirmed"
    waves = cxstats(*plain, "--columns", "网格", "--wave", "wave").json["findings"][0]
    assert waves["n"] == later["n"]


def test_the_table_is_for_people(cxstats, file):
    answer = cxstats("discover", file, "--score", "q1")
    assert answer.code == 0
    assert "网格 = 东" in answer.out
    assert "* Customers with 网格 = 东 score" in answer.out


def test_breakpoints_prints_breaks_and_pieces(cxstats, file):
    answer = cxstats("breakpoints", file, "--score", "q1", "--column", "掉话", "--json")
    assert answer.code == 0
    assert list(answer.json) == [
        *("metric", "unit", "column", "n", "blank", "f", "p_value", "breaks"),
        *("pieces", "divisions", "sentence", "warnings"),
    ]
    (found,) = answer.json["breaks"]
    assert found["after"] == 3
    assert found["difference"] < 0
    assert answer.json["pieces"][0]["to"] == 3
    table = cxstats("breakpoints", file, "--score", "q1", "--column", "掉话")
    assert "0 to 3" in table.out


def test_refusals_are_one_line_and_code_2(cxstats, file):
    for words in (
        ("discover", file, "--score", "nowhere"),
        ("discover", file, "--score", "q1", "--max-conditions", "9"),
        ("discover", file, "--score", "q1", "--columns", "nowhere"),
        ("breakpoints", file, "--score", "q1", "--column", "网格"),
    ):
        answer = cxstats(*words)
        assert answer.code == 2
        assert answer.out == ""
        assert len(answer.err.strip().splitlines()) == 1
