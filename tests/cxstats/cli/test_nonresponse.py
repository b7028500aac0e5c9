"""`cxstats nonresponse`: both scores, the band and what would change the verdict."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

KEYS = {
    "metric",
    "unit",
    "asked",
    "answered",
    "rate",
    "observed",
    "adjusted",
    "expected_of_missing",
    "worst",
    "best",
    "sensitivity",
    "tipping",
    "auc",
    "calibration_gap",
    "cap",
    "trimmed",
    "classes",
    "excluded",
    "warnings",
}


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    """200 of each age asked; the old answer more and are happier."""
    rows = ["年龄,答复,评分"]
    rows += ["老,1,10"] * 80 + ["老,1,3"] * 20 + ["老,0,"] * 100
    rows += ["少,1,10"] * 10 + ["少,1,3"] * 30 + ["少,0,"] * 160
    path = tmp_path / "asked.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def test_json_has_both_scores_and_the_band(cxstats: Callable, asked: Path) -> None:
    words = ("nonresponse", asked, "--score", "评分", "--features", "年龄", "--json")
    answer = cxstats(*words, "--responded", "答复")
    assert answer.code == 0
    assert set(answer.json) == KEYS
    assert answer.json["observed"]["value"] == pytest.approx(100 * 40 / 140)
    assert answer.json["adjusted"]["value"] == pytest.approx(5, abs=1e-6)
    plain = cxstats(*words).json["adjusted"]
    assert plain["lower"] == pytest.approx(answer.json["adjusted"]["lower"])


def test_the_table_says_what_would_change_the_verdict(
    cxstats: Callable, asked: Path
) -> None:
    words = ("nonresponse", asked, "--score", "评分", "--features", "年龄")
    assert "unless the others score" in cxstats(*words, "--target", "-40").out
    refused = cxstats(*words, "--responded", "评分")
    assert (refused.code, "1 or 0" in refused.err) == (2, True)
