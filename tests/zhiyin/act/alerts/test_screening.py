"""Answers are screened once, again when they change, and raise each alert once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from zhiyin.accounts.models import Department, Organisation, Person, Role
from zhiyin.act.alerts.models import Alert, AlertRule
from zhiyin.act.alerts.services import (
    dismiss_alert,
    note_cases,
    screen_answers,
    tell_alerts,
    watch_silence,
)
from zhiyin.act.alerts.services import screening as screening_module
from zhiyin.act.notices.models import Notice
from zhiyin.channels.models import WebhookDelivery, WebhookEndpoint
from zhiyin.channels.services import save_endpoint
from zhiyin.common import clock
from zhiyin.listen.customers.models import CustomerEvent
from zhiyin.listen.customers.services import get_or_create_customer
from zhiyin.listen.responses.models import Response
from zhiyin.listen.responses.services import exclude_responses
from zhiyin.listen.responses.services.amending import Amendment, amend_response

pytestmark = pytest.mark.django_db


def alerts() -> list[Alert]:
    return list(Alert.objects.order_by("pk"))


def is_at_rest() -> bool:
    """Screen once more; tell whether there was nothing left to look at.

    On PostgreSQL what a test writes is in a transaction that has not ended, and is
    rightly looked at again each time.
    """
    return not screen_answers() or connection.vendor == "postgresql"


def test_a_detractor_raises_one_alert_however_often_answers_are_screened(
    rule_with: Callable[..., AlertRule],
    answer: Callable[..., Response],
) -> None:
    rule_with()
    given = answer(2)
    answer(10, key="13900139000")
    screen_answers()
    screen_answers()
    (alert,) = alerts()
    assert (alert.response, alert.score, alert.given_class) == (given, 2.0, "detractor")
    assert alert.customer == given.customer
    assert is_at_rest()
    assert len(alerts()) == 1


def test_what_was_said_before_the_rule_was_switched_on_raises_nothing(
    rule_with: Callable[..., AlertRule],
    answer: Callable[..., Response],
) -> None:
    answer(1)
    rule_with()
    screen_answers()
    assert alerts() == []


def test_a_changed_answer_is_screened_again_and_never_doubles_its_alert(
    rule_with: Callable[..., AlertRule],
    answer: Callable[..., Response],
) -> None:
    rule_with()
    given = answer(9)
    screen_answers()
    amend_response(response=given, change=Amendment(score=3))
    screen_answers()
    (alert,) = alerts()
    amend_response(response=given, change=Amendment(comment="客服态度差"))
    screen_answers()
    assert alerts() == [alert]
    amend_response(response=given, change=Amendment(score=10))
    screen_answers()
    (alert,) = alerts()
    assert not alert.still_holds


def test_excluded_answers_and_test_numbers_raise_nothing(
    rule_with: Callable[..., AlertRule],
    answer: Callable[..., Response],
    organisation: Organisation,
    manager: Person,
) -> None:
    rule_with()
    out = answer(0)
    exclude_responses(responses=[out], reason="test", note="", by=manager)
    tester = get_or_create_customer(organisation=organisation, key="10000")
    tester.is_test = True
    tester.save()
    answer(0, key="10000")
    screen_answers()
    assert alerts() == []


def test_an_unfinished_answer_is_waited_for(
    rule_with: Callable[..., AlertRule],
    answer: Callable[..., Response],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rule_with()
    given = answer(1)
    Response.objects.filter(pk=given.pk).update(completed_at=None)
    screen_answers()
    assert alerts() == []
    later = clock.now() + screening_module.PATIENCE + dt.timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    screen_answers()
    assert len(alerts()) == 1
    assert is_at_rest()
    assert len(alerts()) == 1


def test_a_customer_who_comes_again_is_counted_on_the_first_alert(
    rule_with: Callable[..., AlertRule],
    answer: Callable[..., Response],
    manager: Person,
) -> None:
    rule_with(dedupe_days=7)
    for score in (2, 3, 1):
        answer(score)
    screen_answers()
    (alert,) = alerts()
    assert alert.hits == 3
    assert alert.occasions.count() == 3
    dismiss_alert(alert=alert, by=manager, reason="打错电话")
    answer(0)
    screen_answers()
    assert [each.hits for each in alerts()] == [3, 1]


def test_rules_read_words_contradictions_tiers_and_what_came_before(
    rule_with: Callable[..., AlertRule],
    answer: Callable[..., Response],
) -> None:
    def fact(name: str, op: str, value: Any = None) -> dict[str, Any]:
        return {"fact": name, "op": op, "value": value}

    rule_with(name="投诉词", condition={}, words=["工信部", "12300"])
    rule_with(name="矛盾", condition=fact("contradiction", "known"))
    rule_with(name="高价值", condition=fact("value_tier", "is", "gold"))
    rule_with(name="态度", condition=fact("complaints", "contains", "SRV"))
    rule_with(name="再次", condition=fact("earlier_detractor_answers", "at_least", 1))
    answer(5, "再不解決就打１２３００投訴", key="1")
    answer(10, "客服态度太差了，问题一直没解决，非常失望", key="2")
    answer(8, "", key="3", attributes={"value_tier": "gold"})
    answer(3, "还行", key="4", responded_at=clock.now() - dt.timedelta(days=3))
    answer(7, "", key="4")
    screen_answers()
    found = {(each.rule.name, each.score) for each in alerts()}
    assert found >= {
        ("投诉词", 5.0),
        ("矛盾", 10.0),
        ("高价值", 8.0),
        ("态度", 10.0),
        ("再次", 7.0),
    }
    assert {score for name, score in found if name in {"矛盾", "高价值", "再次"}} == {
        10.0,
        8.0,
        7.0,
    }


def test_the_owner_is_looked_for_upwards_and_is_never_nobody(
    rule_with: Callable[..., AlertRule],
    answer: Callable[..., Response],
    person_with: Callable[..., Person],
    manager: Person,
    city: Department,
    hall: Department,
) -> None:
    rule_with(dedupe_days=0, owner_steps=["team_lead", "dept_owner"])
    answer()
    screen_answers()
    owner = person_with(Role.DEPT_OWNER, department=city)
    answer()
    screen_answers()
    lead = person_with(Role.TEAM_LEAD, department=hall)
    answer()
    screen_answers()
    lead.is_active = False
    lead.save()
    answer()
    screen_answers()
    assert [each.owner for each in alerts()] == [manager, owner, lead, owner]


def test_silence_after_a_complaint_raises_an_alert_by_the_clock(
    rule_with: Callable[..., AlertRule],
    answer: Callable[..., Response],
    organisation: Organisation,
    hall: Department,
) -> None:
    rule_with(
        name="投诉后沉默",
        kind="silence",
        condition={},
        event_kinds="complaint.archived",
        silence_days=7,
    )
    now = clock.now()
    for key, days in (("1", 8), ("2", 8), ("3", 3)):
        CustomerEvent.objects.create(
            organisation=organisation,
            customer=get_or_create_customer(organisation=organisation, key=key),
            kind="complaint.archived",
            key=f"c{key}",
            occurred_at=now - dt.timedelta(days=days),
            received_at=now,
            department=hall,
        )
    answer(9, key="2", responded_at=now - dt.timedelta(days=5))
    assert watch_silence()
    assert not watch_silence()
    (alert,) = alerts()
    assert alert.event is not None
    assert (alert.event.key, alert.department, alert.response) == ("c1", hall, None)


def test_owner_named_people_and_programs_are_told_once(
    rule_with: Callable[..., AlertRule],
    answer: Callable[..., Response],
    person_with: Callable[..., Person],
    organisation: Organisation,
    manager: Person,
    hall: Department,
) -> None:
    lead = person_with(Role.TEAM_LEAD, department=hall, language="en")
    endpoint = WebhookEndpoint(
        organisation=organisation,
        name="CRM",
        url="https://crm.example/in",
        events=["alert.raised"],
    )
    save_endpoint(endpoint=endpoint, by=manager)
    rule = rule_with()
    rule.tells.add(manager)
    answer(2)
    screen_answers()
    for _again in range(2):
        tell_alerts()
    (alert,) = alerts()
    told = Notice.objects.order_by("person")
    assert {each.person for each in told} == {lead, manager}
    assert next(each.title for each in told if each.person == lead).startswith("Alert")
    assert {each.url for each in told} == {reverse("alert", args=[alert.pk])}
    (call,) = WebhookDelivery.objects.all()
    assert (call.event, call.subject) == (
        "alert.raised",
        f"response:{alert.response_id}",
    )


def test_a_case_takes_an_alert_that_is_open_and_nobody_dismisses_it_then(
    rule_with: Callable[..., AlertRule],
    answer: Callable[..., Response],
    manager: Person,
) -> None:
    rule_with()
    answer(1, key="1")
    answer(1, key="2")
    screen_answers()
    first, second = alerts()
    dismiss_alert(alert=second, by=manager, reason="重复")
    assert list(Alert.objects.wanting_case()) == [first]
    note_cases(taken=[(first, 7, "/cases/7/")])
    assert not dismiss_alert(alert=first, by=manager, reason="太晚")
    assert list(Alert.objects.wanting_case()) == []
    assert alerts()[0].case_number == 7
