"""Messages of a service against the contact policy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from zhiyin.accounts.models import Organisation
from zhiyin.common import clock
from zhiyin.listen.contacts.models import ContactDecision, SuppressionReason
from zhiyin.listen.contacts.queries import Rules
from zhiyin.listen.contacts.services import (
    Purpose,
    judge_contacts,
    judge_notices,
    save_policy,
    suppress_customer,
)
from zhiyin.listen.customers.models import ConsentEntry, Customer
from zhiyin.listen.customers.services import get_or_create_customer

NOON = dt.datetime(2026, 6, 1, 4, 0, tzinfo=dt.UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(organisation: Organisation) -> Customer:
    return get_or_create_customer(organisation=organisation, key="13800138000")


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[dt.datetime], None]:
    def move(moment: dt.datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    return move


def rule_of(organisation: Organisation, customer: Customer) -> tuple[str, str]:
    judged = judge_notices(
        organisation=organisation,
        customers=[customer.pk],
        about="CASE",
        channel="sms",
    )
    return judged.rule[0], judged.reason[0]


def test_a_message_is_no_question_and_pauses_between_questions_do_not_hold_it_up(
    organisation: Organisation, customer: Customer, at: Callable[[dt.datetime], None]
):
    at(NOON)
    purpose = Purpose(stream="transactional", programme="TP_HALL", channel="sms")
    asked = {"organisation": organisation, "customers": [customer.pk]}
    assert judge_contacts(**asked, purpose=purpose).rule == [""]
    at(NOON + dt.timedelta(hours=1))
    assert rule_of(organisation, customer) == ("", "")
    log = ContactDecision.objects.filter(stream="service")
    assert [each.verdict for each in log] == ["allowed"]
    save_policy(organisation=organisation, rules=Rules(global_days=10))
    at(NOON + dt.timedelta(days=31))
    assert judge_contacts(**asked, purpose=purpose).rule == [""]


def test_a_message_waits_for_the_morning_and_respects_the_customers_word(
    organisation: Organisation, customer: Customer, at: Callable[[dt.datetime], None]
):
    at(NOON + dt.timedelta(hours=11))
    judged = judge_notices(
        organisation=organisation,
        customers=[customer.pk],
        about="CASE",
        channel="sms",
    )
    assert judged.rule == ["quiet_hours"]
    assert judged.not_before == [dt.datetime(2026, 6, 2, 1, 0, tzinfo=dt.UTC)]
    at(NOON)
    ConsentEntry.objects.create(
        organisation=organisation, customer=customer, purpose="service",
        state="withdrawn", recorded_at=NOON,
    )  # fmt: skip
    assert rule_of(organisation, customer) == ("opted_out", "")


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (SuppressionReason.OPEN_CASE, ("", "")),
        (SuppressionReason.DECEASED, ("suppressed", "deceased")),
    ],
)
def test_an_open_case_is_no_reason_to_say_nothing_but_a_death_is(
    organisation: Organisation, customer: Customer, at: Callable[[dt.datetime], None],
    reason: str, expected: tuple[str, str],
):  # fmt: skip
    at(NOON)
    suppress_customer(customer=customer, reason=reason)
    assert rule_of(organisation, customer) == expected
