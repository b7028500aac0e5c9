"""Columns that know the outcome never reach an AUC unannounced."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import cxstats
from cxstats.churn.names import is_after_the_outcome


def run(frame, **named):
    return cxstats.churn(frame, label="left", id="customer", model="logistic", **named)


def leaks(result):
    return [
        name
        for notice in result.warnings
        if notice.kind == "leakage"
        for name in notice.columns
    ]


@pytest.fixture(scope="module")
def honest(table) -> float:
    return run(table).auc.value


def test_a_copy_of_the_outcome_is_set_aside(table, honest):
    noise = np.random.default_rng(1).normal(0, 0.3, len(table))
    found = run(table.assign(score=(table["left"] == "yes") + noise))
    assert leaks(found) == ["score"]
    assert found.set_aside == ("score",)
    assert found.auc.value == pytest.approx(honest, abs=0.01)


def test_values_that_always_mean_the_outcome_are_found(table, honest):
    left = table["left"] == "yes"
    code = np.where(left & (np.arange(len(table)) % 3 == 0), "X", "Y")
    found = run(table.assign(code=code))
    assert leaks(found) == ["code"]
    assert found.auc.value == pytest.approx(honest, abs=0.01)


def test_a_reason_filled_only_after_leaving_is_found_by_its_missing_values(table):
    reason = np.where(table["left"] == "yes", "price", None)
    assert leaks(run(table.assign(reason=reason))) == ["reason"]


def test_missing_patterns_that_predict_are_a_warning(table):
    rng = np.random.default_rng(2)
    gone = rng.random(len(table)) < np.where(table["left"] == "yes", 0.6, 0.2)
    found = run(table.assign(usage=np.where(gone, np.nan, 1 + rng.random(len(table)))))
    notice = next(n for n in found.warnings if n.kind == "missing_pattern")
    assert notice.columns == ("usage",)
    assert leaks(found) == []


def test_dates_after_the_moment_of_prediction_are_set_aside(table):
    rng = np.random.default_rng(3)
    at = pd.to_datetime("2026-01-01") + pd.to_timedelta(table["month"] * 30, "D")
    days = pd.to_timedelta(rng.integers(1, 300, len(table)), "D")
    frame = table.assign(at=at, joined=at - days, visited=at + days)
    found = run(frame, time="at")
    assert leaks(found) == ["visited"]
    assert "joined" in found.columns
    # Counted back from the moment, the date of joining does not drift.
    status = {row.column: row.status for row in found.drift}
    assert (status["joined"], status["month"]) == ("stable", "shifted")
    new = frame.head(60).assign(at=at.head(60) + pd.Timedelta(days=3650))
    new["joined"] += pd.Timedelta(days=3650)
    one, other = found.score(frame.head(60)), found.score(new)
    assert [c.probability for c in one.customers] == pytest.approx(
        [c.probability for c in other.customers]
    )


def test_names_of_what_follows_are_set_aside_unless_kept(table):
    frame = table.assign(churn_score=table["complaints"], 离网原因=table["fee"])
    found = run(frame)
    assert set(leaks(found)) == {"churn_score", "离网原因"}
    kept = run(frame, keep=["churn_score", "离网原因"])
    assert {"churn_score", "离网原因"} <= set(kept.columns)
    message = next(n.message for n in kept.warnings if n.kind == "leakage")
    assert "do not believe the AUC" in message


def test_a_leak_that_is_kept_makes_the_auc_incredible(table):
    frame = table.assign(closed=(table["left"] == "yes").astype(int))
    found = run(frame, keep=["closed"])
    assert "too_good" in [notice.kind for notice in found.warnings]


def test_honest_columns_raise_no_alarm(table):
    assert leaks(run(table)) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Churn Reason", True),
        ("port_out_date", True),
        ("销户时间", True),
        ("left_flag", True),
        ("contract_left_days", False),
        ("Contract", False),
        ("tenure", False),
        ("欠费停机次数", False),
    ],
)
def test_names_that_speak_of_the_outcome(name, expected):
    assert is_after_the_outcome(name, "left") is expected
