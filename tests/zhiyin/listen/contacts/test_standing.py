"""What stands against asking a customer: flags, the ledger, and events."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.zhiyin.listen.contacts.conftest import Clock
from zhiyin.accounts.models import Organisation
from zhiyin.common import clock
from zhiyin.listen.contacts.queries import Rules, replay
from zhiyin.listen.contacts.services import Purpose, decide_contacts, save_policy
from zhiyin.listen.customers.models import ConsentEntry, Customer, CustomerEvent

pytestmark = pytest.mark.django_db
HALL = Purpose(stream="transactional", programme="TP_HALL", channel="sms")


def test_test_numbers_and_own_staff_are_left_alone_unless_asked_as_employees(
    organisation: Organisation, customers: list[int], time: Clock
):
    staff, colleague, tester, _free = customers[:4]
    people = Customer.objects
    people.filter(pk__in=[staff, colleague]).update(is_staff=True)
    people.filter(pk=colleague).update(audience="employee")
    people.filter(pk=tester).update(is_test=True)
    made = decide_contacts(
        organisation=organisation, customers=customers[:4], purpose=HALL
    )
    reasons = {one.customer_id: one.reason for one in made.values()}
    told = [reasons[one] for one in customers[:4]]
    assert told == ["employee", "", "test_number", ""]


def test_a_refusal_in_the_ledger_holds_for_its_channel_until_a_newer_line(
    organisation: Organisation, customers: list[int], time: Clock
):
    def say(state: str, channel: str) -> None:
        ConsentEntry.objects.create(
            organisation=organisation,
            customer_id=customers[0],
            purpose="survey",
            channel=channel,
            state=state,
            recorded_at=clock.now(),
        )
        time.pass_days(1)

    def rule_on(channel: str) -> str:
        made = decide_contacts(
            organisation=organisation,
            customers=customers[:1],
            purpose=replace(HALL, channel=channel, programme=f"X{channel}"),
        )
        return made[customers[0]].rule

    save_policy(
        organisation=organisation, rules=Rules(transactional_days=0, most_per_year=0)
    )
    say("withdrawn", "sms")
    assert (rule_on("sms"), rule_on("email")) == ("opted_out", "")
    say("granted", "")
    assert rule_on("sms") == ""
    say("refused", "")
    assert (rule_on("sms"), rule_on("email")) == ("opted_out", "opted_out")


def tell(organisation: Organisation, customer: int, kind: str, key: str) -> None:
    CustomerEvent.objects.create(
        organisation=organisation,
        customer_id=customer,
        kind=kind,
        key=key,
        occurred_at=clock.now(),
        received_at=clock.now(),
    )


def test_an_outage_keeps_questions_away_until_it_ends_or_a_day_has_passed(
    organisation: Organisation, customers: list[int], time: Clock
):
    def verdicts() -> list[str]:
        made = decide_contacts(
            organisation=organisation,
            customers=customers[:2],
            purpose=replace(HALL, sends_now=False),
        )
        return [made[one].rule_words for one in customers[:2]]

    rules = Rules(transactional_days=0, most_per_year=0)
    save_policy(organisation=organisation, rules=rules)
    mended, _forgotten = customers[:2]
    for customer in customers[:2]:
        tell(organisation, customer, "outage.started", f"begin-{customer}")
    assert verdicts() == ["免打扰中 · 客户所在处故障"] * 2
    time.pass_days(0.2)
    tell(organisation, mended, "outage.ended", "end")
    assert verdicts() == ["", "免打扰中 · 客户所在处故障"]
    time.pass_days(0.9)
    assert verdicts() == ["", ""]
    past = replay(organisation, rules)
    assert all(was == would for _name, was, would in past.rows)
