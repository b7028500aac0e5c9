"""`cxstats churn` as a person calls it."""

from __future__ import annotations

import pytest

from tests.cxstats.churn.conftest import customers


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "customers.csv"
    frame = customers(400)
    frame.assign(satisfaction=(frame["left"] == "no").astype(int)).to_csv(
        path, index=False
    )
    return path


def test_json_has_the_numbers_the_warnings_and_the_reasons(cxstats, file):
    words = ("churn", file, "--label", "left", "--id", "customer")
    answer = cxstats(*words, "--model", "logistic", "--json")
    assert answer.code == 0
    assert list(answer.json) == [
        "auc",
        "auc_interval",
        "brier",
        "calibration_slope",
        "lift_at_10",
        "warnings",
        "reasons",
    ]
    assert 0.7 < answer.json["auc"] < 0.95
    assert answer.json["auc_interval"][0] < answer.json["auc"]
    warning = answer.json["warnings"][0]
    assert (warning["kind"], warning["columns"]) == ("leakage", ["satisfaction"])
    first = answer.json["reasons"][0]
    assert first["id"].startswith("c0")
    assert first["reasons"][0].keys() == {"column", "value", "contribution"}


def test_table_names_what_was_set_aside_and_saves_the_model(cxstats, file, tmp_path):
    words = ("churn", file, "--label", "left", "--id", "customer", "--time", "month")
    saved = tmp_path / "model.json"
    answer = cxstats(*words, "--model", "logistic", "--save", saved)
    assert "judged on later rows" in answer.out
    assert "set aside as leakage: satisfaction" in answer.out
    assert "warning (leakage)" in answer.err
    assert saved.stat().st_size > 500


def test_a_label_that_is_none_is_refused_in_one_line(cxstats, file):
    answer = cxstats("churn", file, "--label", "region")
    assert answer.code == 2
    assert "say which of them" in answer.err
    assert len(answer.err.strip().splitlines()) == 1
