"""Each cleaning rule alone, at its border."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiyin.listen.quality.models import CleaningRule
from zhiyin.listen.quality.queries import DEFAULTS, Answers, judge

HOUR, DAY = 3600.0, 86_400.0
OFF = {name: {"is_on": False} for name in DEFAULTS}


def only(rule: str, **numbers: float) -> dict[str, Any]:
    return {**OFF, rule: {"is_on": True, **numbers}}


def answers(size: int, **columns: Any) -> Answers:
    """Make plain answers that no rule fits; each is another customer an hour later."""
    plain = Answers(
        pk=np.arange(1, size + 1),
        customer=np.arange(1, size + 1),
        is_test=np.zeros(size, dtype=bool),
        is_staff=np.zeros(size, dtype=bool),
        occasion=np.ones(size, dtype=np.int64),
        pace=np.ones(size, dtype=np.int64),
        at=np.arange(size) * HOUR,
        closes_at=np.full(size, np.nan),
        duration=np.full(size, np.nan),
        words=np.zeros(size, dtype=np.int64),
        points=np.zeros(size, dtype=np.int64),
        is_one_point=np.zeros(size, dtype=bool),
    )
    return replace(plain, **{name: np.array(given) for name, given in columns.items()})


def fitting(found: Any, rule: str) -> list[int]:
    return np.flatnonzero(found == rule).tolist()


def test_every_rule_has_its_words_and_plain_answers_fit_none():
    assert tuple(DEFAULTS) == tuple(CleaningRule.values)
    assert set(judge(answers(200), {}).tolist()) == {""}
    assert judge(answers(0), {}).tolist() == []


def test_the_first_answer_of_a_customer_stays_and_soon_ones_after_it_do_not():
    given = answers(5, customer=[7, 7, 7, 0, 0], at=[0, 24 * HOUR, 49 * HOUR, 0, HOUR])
    found = judge(given, only("duplicate", hours=24))
    assert fitting(found, "duplicate") == [1]
    other = replace(given, occasion=np.array([1, 2, 1, 1, 1]))
    assert fitting(judge(other, only("duplicate", hours=24)), "duplicate") == []


def test_late_is_after_the_end_and_its_grace():
    given = answers(
        3, at=[0, 10 * HOUR, 12 * HOUR], closes_at=[np.nan, 10 * HOUR, 10 * HOUR]
    )
    assert fitting(judge(given, only("late")), "late") == [2]
    assert fitting(judge(given, only("late", grace_hours=2)), "late") == []


def test_the_same_words_in_a_burst_are_found_and_the_same_words_over_days_are_not():
    burst = answers(
        30, words=np.r_[np.full(12, 5), np.zeros(18)], at=np.arange(30) * 60.0
    )
    found = judge(burst, only("burst", answers=10, minutes=60))
    assert fitting(found, "burst") == list(range(12))
    slowly = replace(burst, at=np.arange(30) * DAY)
    assert not (judge(slowly, only("burst", answers=10, minutes=60)) != "").any()
    spread = replace(burst, occasion=np.arange(30))
    assert not (judge(spread, only("burst", answers=10, minutes=60)) != "").any()


def test_speeders_are_found_against_their_own_questionnaire_from_a_hundred_answers_on():
    chance = np.random.default_rng(3)
    durations = np.exp(chance.normal(4, 0.4, 400))
    durations[:4] = 3.0
    given = answers(400, duration=durations, pace=np.repeat([1, 2], [300, 100]))
    found = fitting(judge(given, only("speeder")), "speeder")
    assert set(found) >= {0, 1, 2, 3}
    assert len(found) <= 8
    few = answers(99, duration=durations[:99])
    assert fitting(judge(few, only("speeder")), "speeder") == []
    alike = answers(150, duration=np.r_[np.full(140, 60.0), np.full(10, 1.0)])
    assert fitting(judge(alike, only("speeder")), "speeder") == []


def test_a_straight_line_counts_only_where_it_was_fast():
    given = answers(
        4,
        duration=[20, 90, 100, 30],
        points=[8, 8, 8, 5],
        is_one_point=[True, True, False, True],
    )
    found = judge(given, only("straight_lining", items=6))
    assert fitting(found, "straight_lining") == [0]


@pytest.mark.parametrize(
    ("column", "rule"), [("is_test", "test"), ("is_staff", "employee")]
)
def test_flags_of_the_customer_name_their_rule(column: str, rule: str):
    given = answers(3, **{column: [False, True, False]})
    assert judge(given, {}).tolist() == ["", rule, ""]


@settings(max_examples=40, deadline=None)
@given(st.permutations(range(40)))
def test_the_order_of_rows_does_not_matter(order: list[int]):
    chance = np.random.default_rng(1)
    given = answers(
        40,
        customer=chance.integers(1, 12, 40),
        occasion=chance.integers(1, 3, 40),
        at=np.sort(chance.uniform(0, 3 * DAY, 40)),
        words=chance.integers(0, 3, 40),
    )
    plan = {"burst": {"answers": 3, "minutes": 400}}
    mixed = Answers(
        *(getattr(given, name)[order] for name in Answers.__dataclass_fields__)
    )
    assert judge(mixed, plan).tolist() == judge(given, plan)[order].tolist()
