"""Languages, clauses and folding."""

from __future__ import annotations

import datetime as dt
import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxstats.errors import InputError
from cxstats.text import (
    detect_language,
    detect_languages,
    keyword_in_context,
    split_clauses,
)
from cxstats.text.reading import as_texts, fold, parse_yaml


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("网速太慢了", "zh-Hans"),
        ("網速太慢了", "zh-Hant"),
        ("好", "zh-Hans"),
        ("APP很难用,5G也不行", "zh-Hans"),
        ("the app is slow", "en"),
        ("I", "en"),
        ("信号 is very bad 不行", "mixed"),
        ("网速慢,網絡差,话费贵,訊號弱", "mixed"),
        ("666 😡", "none"),
        ("ネットが遅い", "none"),
        ("Очень медленно", "none"),
        ("", "none"),
        (None, "none"),
        (math.nan, "none"),
        (12, "none"),
    ],
)
def test_languages_are_told_by_characters(text: object, language: str) -> None:
    assert detect_language(text) == language


def test_every_language_is_counted() -> None:
    counted = detect_languages(["网速慢", "网速快", "slow", None])
    assert counted == {"zh-Hans": 2, "zh-Hant": 0, "en": 1, "mixed": 0, "none": 1}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("网速快，客服差；还行", ["网速快", "客服差", "还行"]),
        ("网速快但是贵", ["网速快", "贵"]),
        ("网速快不过贵", ["网速快", "贵"]),
        ("快可是贵然而稳", ["快", "贵", "稳"]),
        ("不但快而且稳", ["不但快而且稳"]),
        ("再好不过了", ["再好不过了"]),
        ("花了3.5元，共1,000条", ["花了3.5元", "共1,000条"]),
        ("fast but dear. However, stable!", ["fast", "dear", "stable"]),
        ("butter is fine", ["butter is fine"]),
        ("，。！", []),
        ("", []),
    ],
)
def test_clauses_are_split_at_marks_and_turns(text: str, parts: list[str]) -> None:
    assert [clause.text.strip() for clause in split_clauses(text)] == parts


def test_the_part_after_a_turn_is_marked() -> None:
    turns = [clause.is_turn for clause in split_clauses("快，但贵，只是慢")]
    assert turns == [False, True, True]


@given(st.text(max_size=80))
def test_clauses_lie_where_they_say_and_folding_keeps_places(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)
    upto = 0
    for clause in split_clauses(text):
        assert upto <= clause.start < clause.end
        assert text[clause.start : clause.end] == clause.text
        upto = clause.end


def test_columns_of_anything_become_texts() -> None:
    mixed = [None, math.nan, pd.NA, pd.NaT, 5, True, b"\xff", "好", dt.date(2026, 1, 2)]
    texts = as_texts(mixed)
    assert texts == ["", "", "", "", "5", "True", "�", "好", "2026-01-02"]
    with pytest.raises(InputError, match="received one text"):
        as_texts("好")


def test_yaml_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="is not YAML"):
        parse_yaml("a: [")


def test_a_keyword_is_shown_in_its_context_without_personal_data() -> None:
    texts = ["晚上網速慢，打13800138000", None, "网速快网速稳", 5]
    lines = keyword_in_context(texts, "网速", width=4)
    assert [(line.row, line.keyword) for line in lines] == [
        (0, "網速"),
        (2, "网速"),
        (2, "网速"),
    ]
    assert str(lines[0]) == "晚上【網速】慢，打["
    assert len(keyword_in_context(texts, "网速", most=2)) == 2
    assert keyword_in_context(texts, "13800138000") == []
    with pytest.raises(InputError, match="give a keyword"):
        keyword_in_context(texts, " ")
