"""Each rule alone, at its border; all of them together under random histories."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiyin.listen.contacts.models import RuleName
from zhiyin.listen.contacts.queries.replay import NOT_JUDGED
from zhiyin.listen.contacts.queries.rules import (
    DAY,
    NEVER,
    RELATIONSHIP,
    RULES,
    TRANSACTIONAL,
    Asked,
    Decided,
    Rules,
    Wishes,
    decide,
    next_moment,
)

ZONE = zoneinfo.ZoneInfo("Asia/Shanghai")
NOON = dt.datetime(2026, 11, 18, 12, tzinfo=ZONE).timestamp()
OFF = Rules(
    relationship_days=0, transactional_days=0, own_days={},
    relationship_after_transactional_days=0, transactional_after_relationship_days=0,
    after_declined_days=0, most_per_year=0, channel_caps={},
    quiet_from="00:00", quiet_until="00:00",
)  # fmt: skip


def wish(stream: int = TRANSACTIONAL, at: float = NOON, **more: Any) -> Wishes:
    return Wishes(
        at=np.array([at]),
        stream=np.array([stream]),
        programme=np.array([more.get("programme", "TP_HALL")]),
        channel=np.array([more.get("channel", "sms")]),
        opted_out=np.array([more.get("opted_out", False)]),
        suppressed=np.array([more.get("suppressed", "")]),
        tier=np.array([more.get("tier", "")]),
    )


def asked(*rows: dict[str, Any]) -> Asked:
    """Say what one customer was asked; times are days before noon."""

    def times(name: str) -> Any:
        days = [row.get(name) for row in rows]
        return np.array([NEVER if d is None else NOON - d * DAY for d in days])

    return Asked(
        who=np.zeros(len(rows), dtype=np.int64),
        at=times("ago"),
        stream=np.array([row.get("stream", TRANSACTIONAL) for row in rows]),
        programme=np.array([row.get("programme", "TP_HALL") for row in rows]),
        channel=np.array([row.get("channel", "sms") for row in rows]),
        expires_at=times("expired"),
        answered_at=times("answered"),
        declined_at=times("declined"),
    )


def judge(rules: Rules, wishes: Wishes, history: Asked) -> Decided:
    return decide(rules, wishes, history, ZONE)


def test_every_rule_has_its_words():
    assert {*RULES, *NOT_JUDGED} == set(RuleName.values)


BORDERS = [
    ("global_gap", replace(OFF, global_days=10), {"programme": "X"}, {}, 10),
    ("own_clock", replace(OFF, transactional_days=30), {}, {}, 30),
    ("own_clock", replace(OFF, relationship_days=180),
     {"stream": RELATIONSHIP}, {"stream": RELATIONSHIP}, 180),
    ("own_clock", replace(OFF, own_days={"TP_HALL": 7}), {}, {}, 7),
    ("after_transactional", replace(OFF, relationship_after_transactional_days=14),
     {}, {"stream": RELATIONSHIP}, 14),
    ("after_relationship", replace(OFF, transactional_after_relationship_days=7),
     {"stream": RELATIONSHIP}, {}, 7),
    ("channel_cap", replace(OFF, channel_caps={"sms": 1}, channel_hours=48), {}, {}, 2),
    ("yearly_cap", replace(OFF, most_per_year=1), {}, {}, 365),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "rules", "before", "now", "days"), BORDERS)
def test_a_pause_ends_at_its_border_and_says_when(
    rule: str, rules: Rules, before: dict[str, Any], now: dict[str, Any], days: float
):
    just_before = asked({"ago": days - 0.01, **before})
    found = judge(rules, wish(**now), just_before)
    assert found.rule.tolist() == [rule]
    assert found.not_before[0] == pytest.approx(NOON + 0.01 * DAY)
    assert judge(rules, wish(**now), asked({"ago": days, **before})).allowed.all()
    assert judge(OFF, wish(**now), just_before).allowed.all()


@pytest.mark.parametrize(
    ("rule", "rules", "row"),
    [
        ("waits_after_answered", {"after_answered_days": 20}, {"answered": 19}),
        ("waits_after_declined", {"after_declined_days": 90}, {"declined": 89}),
        ("waits_after_ignored", {"after_ignored_days": 20}, {"expired": 19}),
    ],
)
def test_waits_after_what_the_customer_did(
    rule: str, rules: dict[str, float], row: dict[str, float]
):
    policy = replace(OFF, **rules)
    assert judge(policy, wish(), asked({"ago": 95, **row})).rule.tolist() == [rule]
    over = {name: days + 2 for name, days in row.items()}
    assert judge(policy, wish(), asked({"ago": 95, **over})).allowed.all()


def test_an_answered_question_was_not_ignored():
    policy = replace(OFF, after_ignored_days=20)
    history = asked({"ago": 12, "expired": 5, "answered": 11})
    assert judge(policy, wish(), history).allowed.all()


def test_who_opted_out_is_never_asked_whatever_the_rules():
    found = judge(OFF, wish(opted_out=True, suppressed="outage"), Asked.nothing())
    assert found.rule.tolist() == ["opted_out"]
    assert np.isposinf(found.not_before[0])
    found = judge(OFF, wish(suppressed="outage"), Asked.nothing())
    assert found.rule.tolist() == ["suppressed"]


def test_a_touchpoint_with_its_own_pause_is_free_of_stream_and_year():
    policy = Rules(most_per_year=2, own_days={"TP_COMPLAINT": 7})
    history = asked({"ago": 20}, {"ago": 60})
    assert judge(policy, wish(), history).rule.tolist() == ["own_clock"]
    complaint = wish(programme="TP_COMPLAINT")
    assert judge(policy, complaint, history).allowed.all()
    again = asked({"ago": 6, "programme": "TP_COMPLAINT"})
    assert judge(policy, complaint, again).rule.tolist() == ["own_clock"]


def test_a_tier_may_have_numbers_of_its_own():
    tiers = {"gold": {"most_per_year": 1, "global_days": 0}}
    policy = replace(OFF, most_per_year=3, global_days=10, tiers=tiers)
    history = asked({"ago": 5})
    assert judge(policy, wish(), history).rule.tolist() == ["global_gap"]
    assert judge(policy, wish(tier="gold"), history).rule.tolist() == ["yearly_cap"]
    assert judge(policy, wish(tier="gold"), Asked.nothing()).allowed.all()


def test_a_full_window_opens_when_its_oldest_message_leaves_it():
    policy = replace(OFF, most_per_year=3)
    history = asked({"ago": 300}, {"ago": 200}, {"ago": 100}, {"ago": 400})
    found = judge(policy, wish(), history)
    assert found.rule.tolist() == ["yearly_cap"]
    assert found.not_before[0] == pytest.approx(NOON + 65 * DAY)


@pytest.mark.parametrize(
    ("moment", "name", "later"),
    [
        ("2026-11-18T12:00", "", "2026-11-18T12:00"),
        ("2026-11-18T08:59", "quiet_hours", "2026-11-18T09:00"),
        ("2026-11-18T20:00", "quiet_hours", "2026-11-19T09:00"),
        ("2026-12-31T21:00", "quiet_hours", "2027-01-02T09:00"),
        ("2027-01-01T12:00", "holiday", "2027-01-02T09:00"),
    ],
)
def test_messages_wait_for_the_hours_in_which_they_may_be_sent(
    moment: str, name: str, later: str
):
    rules = Rules(holidays=("2027-01-01",))
    at = dt.datetime.fromisoformat(moment).replace(tzinfo=ZONE).timestamp()
    why, until = next_moment(rules, at, ZONE)
    assert why == name
    assert dt.datetime.fromtimestamp(until, ZONE).isoformat()[:16] == later


def test_hours_keep_their_local_time_over_a_change_of_clocks():
    berlin = zoneinfo.ZoneInfo("Europe/Berlin")
    at = dt.datetime(2026, 10, 24, 22, tzinfo=berlin).timestamp()
    _why, until = next_moment(Rules(), at, berlin)
    assert dt.datetime.fromtimestamp(until, berlin).isoformat() == (
        "2026-10-25T09:00:00+01:00"
    )


rows = st.fixed_dictionaries(
    {
        "who": st.integers(0, 3),
        "ago": st.floats(0.1, 500),
        "stream": st.sampled_from([RELATIONSHIP, TRANSACTIONAL]),
        "programme": st.sampled_from(["TP_HALL", "TP_COMPLAINT", "wave"]),
        "channel": st.sampled_from(["sms", "email"]),
        "answered": st.none() | st.floats(0.05, 400),
        "expired": st.none() | st.floats(0.05, 400),
    }
)


@settings(max_examples=60, deadline=None)
@given(st.lists(rows, max_size=25), st.randoms(use_true_random=False))
def test_customers_are_judged_alone_and_the_order_of_history_does_not_matter(
    history: list[dict[str, Any]], random: Any
):
    many = Wishes(
        at=np.full(4, NOON),
        stream=np.array([RELATIONSHIP, TRANSACTIONAL] * 2),
        programme=np.array(["wave", "TP_HALL", "wave", "TP_COMPLAINT"]),
        channel=np.array(["sms"] * 4),
        opted_out=np.zeros(4, dtype=bool),
        suppressed=np.full(4, ""),
        tier=np.full(4, ""),
    )
    rules = Rules(after_answered_days=10, after_ignored_days=15, global_days=3)
    mixed = list(history)
    random.shuffle(mixed)
    together = decide(rules, many, _of_many(history), ZONE)
    shuffled = decide(rules, many, _of_many(mixed), ZONE)
    assert together.rule.tolist() == shuffled.rule.tolist()
    np.testing.assert_array_equal(together.not_before, shuffled.not_before)
    for place in range(4):
        mine = [{**row, "who": 0} for row in history if row["who"] == place]
        names = Wishes.__dataclass_fields__
        one = Wishes(*(getattr(many, name)[place : place + 1] for name in names))
        alone = decide(rules, one, _of_many(mine), ZONE)
        assert alone.rule[0] == together.rule[place]
    # Where it says "not before", it says nothing more at that moment.
    later = Wishes(np.maximum(many.at, together.not_before + 1), *list(_rest(many)))
    then = decide(rules, later, _of_many(history), ZONE)
    stays = (together.rule == then.rule) & (together.rule != "")
    assert not stays.any()


def _rest(wishes: Wishes) -> list[Any]:
    return [getattr(wishes, name) for name in list(Wishes.__dataclass_fields__)[1:]]


def _of_many(history: list[dict[str, Any]]) -> Asked:
    made = asked(*history) if history else Asked.nothing()
    who = np.array([row["who"] for row in history], dtype=np.int64)
    return replace(made, who=who)


def test_a_pause_longer_than_the_streams_holds_besides_it():
    policy = Rules(most_per_year=2, own_days={"TP_INSTALL": 365})
    install = wish(programme="TP_INSTALL")
    for history in (asked({"ago": 20}), asked({"ago": 90, "programme": "TP_INSTALL"})):
        assert judge(policy, install, history).rule.tolist() == ["own_clock"]
    assert judge(policy, install, asked({"ago": 90})).allowed.all()
    often = asked({"ago": 90}, {"ago": 60})
    assert judge(policy, install, often).rule.tolist() == ["yearly_cap"]
