"""Causes of comments: by dictionary, and by a classifier trained beside it."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxstats.errors import InputError
from cxstats.simulate.lexicon import load_lexicon
from cxstats.text import Aspects


@pytest.fixture(scope="module")
def coder() -> Aspects:
    return Aspects()


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("网速很快，但是客服态度差", ["SRV/人员/态度", "NET/移动上网"]),
        ("家裡完全沒有訊號", ["NET/移动语音/无信号"]),
        ("I was overcharged", ["TAR/账单/多扣费"]),
        ("the installer missed the appointment", ["BBF/装机/爽约"]),
        ("今天天气", []),
    ],
)
def test_causes_are_named_the_primary_first(
    coder: Aspects, text: str, codes: list[str]
) -> None:
    causes = coder.code([text])[0]
    assert [cause.code for cause in causes] == codes
    assert [cause.is_primary for cause in causes] == [True, False][: len(codes)]


def test_each_aspect_has_its_own_feeling(coder: Aspects) -> None:
    text = "网速很快，套餐太贵，账单"
    feelings = {cause.code: cause for cause in coder.code([text])[0]}
    assert feelings["NET/移动上网"].sentiment > 0.3
    assert feelings["TAR/套餐/贵"].sentiment < -0.3
    assert feelings["TAR/账单"].sentiment == 0
    price = feelings["TAR/套餐/贵"]
    assert text[price.start : price.end].startswith("套餐太贵")


def test_praise_is_no_cause_of_complaint(coder: Aspects) -> None:
    assert [c.code for c in coder.code(["套餐不贵"])[0]] == ["TAR/套餐"]


def test_an_opinion_alone_belongs_to_the_aspect_before_it(coder: Aspects) -> None:
    cause = coder.code(["你们的客服，真的很差"])[0][0]
    assert (cause.code, cause.sentiment < 0) == ("SRV", True)


def test_the_simulated_operators_complaints_are_recognised(coder: Aspects) -> None:
    topics = load_lexicon().complaints
    right = total = 0
    for pool in topics.pools:
        for at, code in enumerate(topics.ids):
            start, count = int(pool.start[at]), int(pool.count[at])
            texts = sorted({t.as_py() for t in pool.texts[start : start + count]})
            for causes in coder.code(texts):
                total += 1
                right += any(c.code.split("/")[0] == code.split("/")[0] for c in causes)
    assert total > 450
    assert right / total > 0.8


def test_names_come_in_three_languages(coder: Aspects) -> None:
    assert coder.name("SRV/人员/态度") == "Rude staff"
    assert coder.name("SRV/人员/态度", "zh-Hant") == "態度差"
    assert coder.name("NEW", "zh-Hans") == "NEW"


def test_a_dictionary_of_ones_own_is_read(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(
        "aspects:\n  FOOD: {en: Food, zh: '早餐 咖啡+凉', latin: breakfast}\n"
    )
    own = Aspects(path)
    found = own.code(["早餐好吃", "咖啡都凉了", "The Breakfasts were cold", "咖啡"])
    assert [len(causes) for causes in found] == [1, 1, 1, 0]
    assert own.name("FOOD", "zh-Hans") == "FOOD"


def test_what_is_no_dictionary_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="rows under 'aspects'"):
        Aspects({})
    with pytest.raises(InputError, match="'X' is not a row"):
        Aspects({"aspects": {"X": "word"}})
    with pytest.raises(InputError, match="cannot read"):
        Aspects(tmp_path / "none.yaml")


def test_a_trained_classifier_adds_what_the_dictionary_does_not_know() -> None:
    ends = ["", "。", "！", "啊", "真的", "呢", "哦", "，唉", "，哎", "？"]
    texts = [f"{t}{e}" for e in ends for t in ("停车场太小", "停车要排队", "泳池关了")]
    labels = [["PARK"], ["PARK", "CHN/营业厅/排队"], "POOL"] * len(ends)
    coder = Aspects.fit(texts, labels)
    assert coder.model is not None
    assert coder.model.codes == ("CHN/营业厅/排队", "PARK", "POOL")
    codes = {cause.code for cause in coder.code(["停车场收费"])[0]}
    assert "PARK" in codes
    assert "POOL" not in codes
    probability = coder.predict_proba(["停车场", "泳池", None])
    assert probability.shape == (3, 3)
    assert probability[0, 1] > 0.5 > probability[1, 1]
    accuracy = coder.accuracy["PARK"].accuracy
    assert accuracy.lower <= accuracy.value <= accuracy.upper
    assert {notice.kind for notice in coder.warnings} == {"small_n"}


def test_what_cannot_be_trained_is_refused() -> None:
    with pytest.raises(InputError, match="1 texts and 2 lists"):
        Aspects.fit(["好"], [["A"], ["B"]])
    with pytest.raises(InputError, match="5 texts with it and 5 without"):
        Aspects.fit(["好", "差"], [["A"], None])
    with pytest.raises(InputError, match="no classifier was trained"):
        Aspects().predict_proba(["好"])


def test_bad_input_has_no_cause(coder: Aspects) -> None:
    assert coder.code([None, math.nan, "", "😡", 5]) == [()] * 5
    assert coder.code(["网速慢客服" * 200_000])[0][0].sentiment < 0


@given(st.lists(st.text(max_size=60), max_size=4))
def test_any_text_is_coded(texts: list[str]) -> None:
    for text, causes in zip(texts, Aspects().code(texts), strict=True):
        assert sum(cause.is_primary for cause in causes) == bool(causes)
        assert all(-1 <= cause.sentiment <= 1 for cause in causes)
        assert all(0 <= c.start < c.end <= len(text) for c in causes)
