from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from cxstats.aggregates import ChoiceCoding, ScaleCoding, to_number
from cxstats.scales import NPS_0_10


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (9, ""),
        (9.0, ""),
        (" 9 ", ""),
        ("10.0", ""),
        (Decimal(7), ""),
        (None, "blank"),
        ("", "blank"),
        ("  ", "blank"),
        (float("nan"), "blank"),
        (99, "missing_code"),
        ("99.0", "missing_code"),
        ("blank", "missing_code"),
        ("９", "not_a_number"),
        ("9分", "not_a_number"),
        ("1e1", "not_a_number"),
        ("nan", "not_a_number"),
        (8.5, "not_whole"),
        (11, "out_of_range"),
        ("-1", "out_of_range"),
        (float("inf"), "out_of_range"),
    ],
)
def test_each_raw_value_has_one_reason(value: Any, reason: str) -> None:
    coding = ScaleCoding(NPS_0_10, missing=("99", "BLANK"), whole=True)
    assert coding.code(value)[1] == reason


def test_numbers_outside_the_scale_are_kept_to_be_named() -> None:
    assert ScaleCoding(NPS_0_10).code("98") == (98.0, "out_of_range")


def test_text_with_separators_is_not_guessed_at() -> None:
    assert to_number("1,234") is None
    assert to_number("+7.") == 7.0


def test_choices_match_text_in_any_case_and_numbers_by_value() -> None:
    coding = ChoiceCoding(("Yes", 1), missing=("n/a",))
    assert [coding.code(v) for v in ("yes ", 1.0, "1", "no", 0)] == [
        (1.0, ""),
        (1.0, ""),
        (1.0, ""),
        (0.0, ""),
        (0.0, ""),
    ]
    assert coding.code("N/A") == (None, "missing_code")
