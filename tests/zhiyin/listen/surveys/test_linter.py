"""The linter against labelled texts, and one test per rule about structure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.utils import translation

from zhiyin.listen.surveys.queries.linter import (
    Finding,
    estimated_minutes,
    lint,
    lint_message,
    message_class_of,
    refusals,
)
from zhiyin.listen.surveys.queries.standard import load_standard, template_codes

SUITE = yaml.safe_load(
    Path(__file__).with_name("linting.yaml").read_text(encoding="utf-8"),
)
GUIDE = Path(__file__).parents[4] / "docs" / "how-to" / "questionnaires.md"


def item(code: str = "q", kind: str = "rating", **given: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"code": code, "kind": kind}
    made["texts"] = {"en": {"text": f"How was {code}?", "low": "bad", "high": "good"}}
    if kind in {"rating", "nps", "csat", "ces", "matrix"}:
        made["scale"] = [0, 10]
    return {**made, **given}


def options(*pairs: tuple[str, str]) -> dict[str, Any]:
    return {"en": {"text": "Which?", "options": [list(pair) for pair in pairs]}}


def rules(*items: dict[str, Any], **definition: Any) -> list[str]:
    found = lint({"items": list(items), **definition})
    return [f"{each.code}:{each.item}" if each.item else each.code for each in found]


def judged(text: str) -> set[str]:
    language = "zh-hans" if re.search("[\u4e00-\u9fff]", text) else "en"
    asked = item(texts={language: {"text": text, "low": "0", "high": "10"}})
    return {finding.code for finding in lint({"items": [asked]})}


def suite() -> Iterator[tuple[str, set[str], set[str]]]:
    for codes, text in SUITE["questions"]:
        yield text, set(codes), judged(text)
    for codes, text in SUITE["messages"]:
        yield text, set(codes), {finding.code for finding in lint_message(text)}


@pytest.mark.requirement("R000-60")
def test_labelled_texts_are_judged_as_the_guide_says() -> None:
    rows = list(suite())
    right = sum(len(wanted & given) for _text, wanted, given in rows)
    false_alarms = sum(len(given - wanted) for _text, wanted, given in rows)
    missed = sum(len(wanted - given) for _text, wanted, given in rows)
    precision = right / (right + false_alarms)
    recall = right / (right + missed)
    assert len(rows) >= 150
    assert precision > 0.97, [row for row in rows if row[2] - row[1]]
    assert recall > 0.97, [row for row in rows if row[1] - row[2]]
    said = f"{len(rows)} texts: precision {precision:.2f}, recall {recall:.2f}"
    assert said in GUIDE.read_text(encoding="utf-8")


@pytest.mark.parametrize("code", template_codes())
def test_own_templates_give_no_finding(code: str) -> None:
    assert lint(load_standard(code)) == []


@pytest.mark.requirement("R000-60")
def test_nps_on_another_scale_is_refused() -> None:
    nps = item(
        "nps", "nps", scale=[1, 10], texts={"en": {"text": "x", "labels": ["y"]}}
    )
    assert "nps_scale:nps" in rules(nps)
    disguised = item("nps_score", scale=[1, 10], cuts=[6, 9])
    assert "nps_scale:nps_score" in rules(disguised)
    assert "nps_scale:q" not in rules(item(scale=[1, 10]))
    strange = item("x", "nps", cuts=[5, 8], texts=item()["texts"])
    assert "nps_scale:x" in rules(strange)


def test_unusual_scale_and_unnamed_ends_are_warned_of() -> None:
    bare = {"en": {"text": "How satisfied are you?"}}
    assert rules(item("s", "csat", scale=[1, 4], texts=bare)) == [
        "scale:s",
        "missing_anchor:s",
    ]


def test_other_nps_wording_is_warned_of_and_the_standard_is_not() -> None:
    ends = {"low": "Not at all likely", "high": "Extremely likely"}

    def nps(text: str) -> list[str]:
        return rules(item("nps", "nps", texts={"en": {"text": text, **ends}}))

    assert nps("How likely are you to recommend us to a friend or colleague?") == []
    assert nps("Would you recommend us?") == ["nps_wording:nps"]


def test_missing_languages_are_refused() -> None:
    half = item(texts={"en": item()["texts"]["en"], "zh-hans": {"text": "怎么样？"}})
    found = lint({"items": [half], "languages": ["en", "zh-hans", "zh-hant"]})
    missing = [(f.language, f.message) for f in found if f.code == "missing_text"]
    assert [language for language, _message in missing] == ["zh-hans", "zh-hant"]
    assert all(name in missing[0][1] for name in ("high", "low"))


def test_codes_standing_twice_are_refused() -> None:
    assert "duplicate_code" in rules(item("a"), item("a"))
    same = item("a", "choice", texts=options(("x", "One"), ("x", "Two")))
    assert rules(same) == ["duplicate_code:a"]


@pytest.mark.parametrize(
    ("condition", "rule"),
    [
        ({"fact": "answer.b", "op": "is", "value": 1}, "unknown_item:a"),
        ({"fact": "answer.a", "op": "is", "value": 1}, "later_item:a"),
        ({"fact": "answer.z", "op": "known"}, "later_item:a"),
        ({"fact": "weather", "op": "is", "value": "wet"}, "bad_condition:a"),
        ({"fact": "class", "op": "resembles", "value": 1}, "bad_condition:a"),
    ],
)
def test_condition_on_what_is_not_known_yet_is_refused(
    condition: dict[str, Any],
    rule: str,
) -> None:
    assert rule in rules(item("a", shown_if=condition), item("z"))


@pytest.mark.parametrize(
    "condition",
    [
        {"fact": "answer.score", "op": "at_least", "value": 11},
        {
            "all": [
                {"fact": "answer.score", "op": "at_most", "value": 3},
                {"fact": "class", "op": "is", "value": "promoter"},
            ]
        },
        {"fact": "answer.done", "op": "is", "value": "perhaps"},
    ],
)
def test_question_nobody_sees_is_warned_of(condition: dict[str, Any]) -> None:
    score = item("score", is_primary=True, cuts=[6, 9])
    done = item("done", "yes_no", texts={"en": {"text": "Done?"}})
    child = item("child", shown_if={"fact": "answer.q", "op": "known"})
    found = rules(score, done, item("q", shown_if=condition), child)
    assert found == ["unreachable:q", "unreachable:child"]


def test_question_some_see_is_not_warned_of() -> None:
    score = item("score", is_primary=True, cuts=[6, 9])
    why = item(
        "why",
        asked_of="detractor",
        shown_if={
            "fact": "answer.score",
            "op": "at_most",
            "value": 3,
        },
    )
    field = item("f", shown_if={"fact": "field.arpu", "op": "at_least", "value": 50})
    assert rules(score, why, field) == []


def test_skips_lead_to_later_questions() -> None:
    ahead = item("a", settings={"skips": [{"if": {}, "to": "c"}]})
    assert rules(ahead, item("b"), item("c")) == ["unreachable:b"]
    back = item("b", settings={"skips": [{"if": {}, "to": "a"}]})
    assert "bad_skip:b" in rules(item("a"), back)


def test_multiple_choice_needs_an_exclusive_none() -> None:
    texts = options(("x", "One"), ("none", "None of these"))
    assert rules(item("m", "multiple", texts=texts)) == ["no_exclusive:m"]
    exclusive = item("m", "multiple", texts=texts, settings={"exclusive": ["none"]})
    assert rules(exclusive) == []
    assert rules(item("m", "multiple")) == ["no_choices:m"]


def test_choices_must_not_coach_either() -> None:
    texts = options(("a", "Promoter (please give us a 10)"), ("b", "Verizon"))
    assert rules(item("m", "choice", texts=texts)) == [
        "coaching:m",
        "class_explained:m",
    ]


def test_long_questionnaire_is_warned_of() -> None:
    many = [item(f"q{number}") for number in range(11)]
    assert rules(*many) == ["too_many"]
    writing = [
        item(f"w{number}", "text", texts={"en": {"text": "Why? " * 50}})
        for number in range(8)
    ]
    assert "too_long" in rules(*writing)
    assert estimated_minutes({"items": writing}, "en") > 5
    by_class = [item(f"c{n}", asked_of="promoter") for n in range(6)]
    other = [item(f"d{n}", asked_of="detractor") for n in range(6)]
    assert rules(*by_class, *other) == []


def test_employees_are_told_that_nobody_is_named() -> None:
    assert rules(item(), audience="employee") == ["missing_privacy"]
    said = {"en": {"thanks": "This survey is anonymous."}}
    assert rules(item(), audience="employee", texts=said) == []


def test_offer_on_the_thank_you_page_is_refused() -> None:
    thanks = {"zh-hans": {"thanks": "谢谢！立即办理宽带，首月免费。"}}
    found = lint({"items": [item()], "texts": thanks})
    assert [(f.code, f.language) for f in refusals(found)] == [("offer", "zh-hans")]


@pytest.mark.requirement("R000-60")
def test_words_of_an_offer_make_a_message_marketing() -> None:
    text = "【华星通信】您对套餐满意吗？回复0-10。新套餐8折优惠，退订回T"
    assert message_class_of(text, "survey") == "marketing"
    assert [f.code for f in lint_message(text, "survey")] == ["offer_in_message"]
    assert lint_message(text, "marketing") == []
    service = "您的维修已完成。"
    assert lint_message(service, "service") == []


def test_own_brand_is_no_other_operator() -> None:
    text = "【中国联通】您对本次维修满意吗？{link} 退订回T"
    assert [f.code for f in lint_message(text)] == ["comparative_message"]
    assert lint_message(text, brand="中国联通") == []


def test_findings_speak_the_readers_language() -> None:
    def said(language: str) -> Finding:
        with translation.override(language):
            return lint({"items": [item(texts={"en": {"text": "Give us a 10"}})]})[0]

    assert said("zh-hans").message == "题目在告诉客户该打几分；请删去。"
    assert said("en").message.startswith("The customer is told")
