"""`cxstats experiment`: JSON keys, the printed tables, refusals."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def trial(tmp_path: Path) -> Path:
    rows = ["arm,yes,before,region"]
    for place in range(800):
        arm = place % 2
        yes = int(place % 20 < (8 if arm else 5))
        rows.append(f"{arm},{yes},{place % 7},{'华东' if place % 3 else '西北'}")
    path = tmp_path / "trial.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def test_json_has_arms_ratio_and_effects(cxstats, trial):
    answer = cxstats(
        "experiment", trial, "--arm", "arm", "--outcome", "yes", "--control", "0",
        "--covariate", "before", "--segment", "region", "--json",
    )  # fmt: skip
    assert answer.code == 0
    found = answer.json
    assert list(found) == [
        "outcome",
        "kind",
        "unit",
        "control",
        "arms",
        "sample_ratio",
        "effects",
        "segments",
        "heterogeneity",
        "without_arm",
        "warnings",
    ]
    (effect,) = found["effects"]
    assert effect["arm"] == 1
    assert effect["method"] == "newcombe"
    assert effect["adjusted"]["method"] == "cuped"
    assert found["sample_ratio"]["verdict"] == "ok"
    assert {row["segment"] for row in found["segments"]} == {"华东", "西北"}


def test_planned_shares_and_tables(cxstats, trial):
    words = ("experiment", trial, "--arm", "arm", "--outcome", "yes", "--control", "0")
    planned = cxstats(*words, "--expected", "0=0.9", "1=0.1")
    assert planned.code == 0
    assert "sample ratio blocked" in planned.out
    assert "no effect is given" in planned.out
    warned = cxstats(*words, "--expected", "0=9", "1=1", "--on-mismatch", "warn")
    assert "difference" in warned.out


def test_refusals_say_what_to_do(cxstats, trial):
    words = ("experiment", trial, "--arm", "arm", "--outcome", "yes")
    unknown = cxstats(*words, "--control", "placebo")
    assert unknown.code == 2
    assert "must hold the control" in unknown.err
    wrong = cxstats(*words, "--control", "0", "--expected", "half")
    assert wrong.code == 2
    assert "ARM=SHARE" in wrong.err
