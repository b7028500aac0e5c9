"""`cxstats scorecard`: the table for people, the JSON for programs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

KEYS = {
    "metric",
    "unit",
    "by",
    "adjusted_for",
    "adjust_method",
    "target",
    "verdict",
    "answer_variance",
    "heterogeneity",
    "funnel",
    "units",
    "excluded",
    "warnings",
}
UNIT_KEYS = {
    "unit",
    "value",
    "std_error",
    "lower",
    "upper",
    "level",
    "n",
    "n_effective",
    "method",
    "standing",
    "raw",
    "adjusted",
    "own_weight",
    "coverage",
    "below_target",
    "below_mean",
    "verdict",
    "target_verdict",
    "rank",
    "rank_lower",
    "rank_upper",
    "z",
    "z_adjusted",
}


@pytest.fixture
def card(cxstats: Callable, survey: Path) -> Callable:
    def run(*words: str):
        base = ("scorecard", survey, "--unit", "区域", "--score", "推荐意愿")
        return cxstats(*base, "--missing", "98", *words)

    return run


def test_json_has_a_card_per_unit(card: Callable) -> None:
    answer = card("--adjust", "wave,stratum", "--target", "30", "--json")
    assert answer.code == 0
    assert set(answer.json) == KEYS
    assert {frozenset(unit) for unit in answer.json["units"]} == {frozenset(UNIT_KEYS)}
    assert [unit["unit"] for unit in answer.json["units"]] == ["华东", "西北"]
    assert [unit["rank"] for unit in answer.json["units"]] == [1, 2]
    assert answer.json["adjusted_for"] == ["wave", "stratum"]
    assert answer.json["excluded"] == {
        "blank": 1,
        "missing_code": 1,
        "not_a_number": 1,
    }


def test_the_table_says_who_may_be_compared(card: Callable) -> None:
    answer = card("--weight", "weight")
    assert "best guess" in answer.out
    assert "华东" in answer.out
    assert "left out: 1 blank" in answer.out
    few = card("--minimum-n", "150")
    assert "too few" in few.out


def test_what_cannot_be_compared_is_refused(card: Callable) -> None:
    answer = card("--adjust", "nothing")
    assert (answer.code, "no column named 'nothing'" in answer.err) == (2, True)
