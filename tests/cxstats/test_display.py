from __future__ import annotations

import math

import pytest

from cxstats.display import format_estimate, format_value, text_table
from cxstats.estimates import Estimate
from cxstats.reporting import MinimumN

SCORE = Estimate(39.84, "points", 1.5, 35.6, 43.9, 0.95, 2746, 2746.0, "adjusted_wald")
NOTHING = Estimate(*[math.nan, "points"], *[math.nan] * 3, 0.95, 0, 0.0, "none")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (39.84, "points", "+40"),
        (-0.2, "points", "+0"),
        (-3.6, "points", "-4"),
        (8.678, "score", "8.68"),
        (0.5808, "share", "58.1%"),
        (math.nan, "score", "–"),
    ],
)
def test_numbers_read_in_their_unit(value: float, unit: str, text: str) -> None:
    assert format_value(value, unit) == text


def test_a_score_carries_its_interval_and_n() -> None:
    assert format_estimate(SCORE) == "+40 ±4 (n 2,746)"
    assert format_estimate(SCORE, decimals=1) == "+39.8 ±4.1 (n 2,746)"
    assert format_estimate(NOTHING) == "– (n 0)"


def test_too_few_answers_replace_the_score() -> None:
    assert format_estimate(NOTHING, MinimumN()) == "too few answers (0 of 30)"
    assert format_estimate(SCORE, MinimumN()) == format_estimate(SCORE)


def test_tables_line_up_with_chinese_text() -> None:
    table = text_table(["region", "n"], [["北京", "12"], ["a", "3"]])
    assert table.splitlines() == [
        "region   n",
        "------  --",
        "北京    12",
        "a        3",
    ]
