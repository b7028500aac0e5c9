"""Conditions: what holds, what is wrong with them, how they read."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from zhiyin.common.conditions import OPS, check, facts_named, holds, sentence

FACTS = {
    "answer.nps": 9,
    "answer.why": ["price", "network"],
    "answer.words": "The bill was Wrong",
    "class": "promoter",
    "field.since": "2024-05-01",
    "field.age": "42",
    "field.empty": "",
    "event.resolved": True,
}


def _fact(fact: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"fact": fact, "op": op, "value": value}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({}, True),
        (_fact("answer.nps", "is", 9), True),
        (_fact("answer.nps", "is", "9"), True),
        (_fact("answer.nps", "is_not", 9), False),
        (_fact("answer.nps", "at_least", 9), True),
        (_fact("answer.nps", "at_most", 8), False),
        (_fact("answer.nps", "one_of", [9, 10]), True),
        (_fact("answer.nps", "not_one_of", [0, 1]), True),
        (_fact("field.age", "at_least", 18), True),
        (_fact("field.since", "at_least", "2024-01-01"), True),
        (_fact("field.since", "at_most", "2024-01-01"), False),
        (_fact("answer.words", "at_least", 3), False),
        (_fact("answer.why", "contains", "price"), True),
        (_fact("answer.why", "not_contains", "price"), False),
        (_fact("answer.why", "one_of", ["network", "shop"]), True),
        (_fact("answer.why", "is", "price"), False),
        (_fact("answer.words", "contains", "bill was wrong"), True),
        (_fact("event.resolved", "is", "true"), True),
        (_fact("event.resolved", "is", value=True), True),
        (_fact("class", "known"), True),
        (_fact("field.empty", "known"), False),
        (_fact("class", "sounds_like", "x"), False),
        ({"not": _fact("class", "is", "promoter")}, False),
        ({"all": [{}, _fact("class", "is", "promoter")]}, True),
        ({"any": [_fact("class", "is", "passive"), {"any": []}]}, False),
        ({"some": "thing"}, False),
    ],
)
def test_a_condition_holds_of_facts(
    condition: dict[str, Any],
    *,
    expected: bool,
) -> None:
    assert holds(condition, FACTS) is expected


@pytest.mark.parametrize("op", OPS)
def test_an_unknown_fact_fails_all_but_denials(op: str) -> None:
    allowed = {"unknown", "is_not", "not_one_of", "not_contains"}
    value = ["a"] if op in {"one_of", "not_one_of"} else "a"
    for facts in ({}, {"x": None}, {"x": ""}, {"x": []}):
        assert holds(_fact("x", op, value), facts) is (op in allowed)


_VALUES = st.one_of(
    st.integers(-9, 9),
    st.text("ab1", max_size=3),
    st.booleans(),
    st.lists(st.text("ab", min_size=1, max_size=2), min_size=1, max_size=3),
)
_LEAVES = st.builds(_fact, st.sampled_from("pqr"), st.sampled_from(OPS), _VALUES)
_CONDITIONS = st.recursive(
    st.one_of(st.just({}), _LEAVES),
    lambda inner: st.one_of(
        st.builds(lambda c: {"not": c}, inner),
        st.builds(lambda c: {"all": c}, st.lists(inner, max_size=3)),
        st.builds(lambda c: {"any": c}, st.lists(inner, max_size=3)),
    ),
    max_leaves=6,
)


@given(_CONDITIONS, st.dictionaries(st.sampled_from("pqr"), _VALUES))
def test_negation_and_joining_are_those_of_logic(
    condition: dict[str, Any],
    facts: dict[str, Any],
) -> None:
    held = holds(condition, facts)
    assert holds({"not": condition}, facts) is not held
    assert holds({"all": [condition, condition]}, facts) is held
    assert holds({"any": [condition, {"not": condition}]}, facts)
    # Only the facts it names matter.
    named = {name: facts[name] for name in facts_named(condition) if name in facts}
    assert holds(condition, named) is held
    assert sentence(condition)


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ([], "object"),
        ({"all": {}}, "list"),
        ({"all": [], "any": []}, "exactly one"),
        (_fact("", "is", 1), "name"),
        (_fact("elsewhere", "is", 1), "elsewhere"),
        (_fact("class", "about", 1), "about"),
        (_fact("class", "is"), "one value"),
        (_fact("class", "one_of", "promoter"), "list of values"),
        ({"not": {"any": [_fact("class", "is", "")]}}, "one value"),
    ],
)
def test_faults_are_said_in_words(condition: Any, words: str) -> None:
    with translation.override("en"):
        (fault,) = check(condition, names={"class"})
    assert words in fault


def test_a_sound_condition_has_no_faults_and_depth_is_bounded() -> None:
    sound = {"all": [_fact("class", "is", "promoter"), {"not": _fact("x", "known")}]}
    assert check(sound) == []
    deep: dict[str, Any] = {}
    for _ in range(30):
        deep = {"not": deep}
    assert len(check(deep)) == 1


def test_a_condition_reads_as_a_sentence_in_both_languages() -> None:
    condition = {
        "all": [
            _fact("class", "is", "promoter"),
            {"any": [_fact("a", "one_of", [1, 2]), _fact("b", "unknown")]},
        ],
    }
    labels = {"class": "class", "class=promoter": "a promoter"}
    with translation.override("en"):
        assert sentence(condition, labels) == (
            "class is a promoter and (a is one of: 1, 2 or b is not known)"
        )
    with translation.override("zh-hans"):
        labels = {"class": "评分类别", "class=promoter": "推荐者"}
        assert sentence(condition, labels) == (
            "评分类别是推荐者，且（a属于：1、2，或b未知）"
        )
