"""The fence of number portability: told by events, kept in every queue."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from tests.zhiyin.listen.asking import sent_by
from tests.zhiyin.listen.imports.test_tables import start, upload
from zhiyin.accounts.models import Organisation, Role
from zhiyin.act.cases.queries.priority import Subject, facts_about
from zhiyin.channels.models import ChannelAccount, Message
from zhiyin.channels.services import Draft, queue_message
from zhiyin.listen.contacts.models import ContactDecision, Suppression
from zhiyin.listen.contacts.services import Purpose, decide_contacts
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.services import (
    Proof,
    get_or_create_customer,
    record_consent,
)
from zhiyin.listen.programs.queries.facts import PORTABILITY, porting_faults
from zhiyin.listen.surveys.queries.linter.messages import lint_message

NUMBER = "13800138000"
ASK = Purpose(stream="transactional", programme="TP_HALL", channel="sms")


@pytest.fixture
def manager(person_with: Any, client_of: Any) -> Client:
    client: Client = client_of(person_with(Role.CX_MANAGER))
    return client


@pytest.fixture
def customer(organisation: Organisation) -> Customer:
    made = get_or_create_customer(organisation=organisation, key=NUMBER)
    record_consent(
        customer=made, purpose="marketing", state="granted", proof=Proof(source="柜台")
    )
    return made


def tell(client: Client, kind: str, at: dt.datetime) -> None:
    event = {"customer": NUMBER, "kind": kind, "key": f"{kind} {at}"}
    event |= {"occurred_at": at.isoformat()}
    answer = client.post(
        "/api/v1/events", {"events": [event]}, content_type="application/json"
    )
    assert answer.json()["new"] == 1


def state_of(client: Client, customer: Customer) -> str:
    told = client.get(f"/api/v1/customers/{customer.pk}").json()
    return str(told["mnp_state"])


def reason_now(organisation: Organisation, customer: Customer) -> str:
    (made,) = decide_contacts(
        organisation=organisation, customers=[customer.pk], purpose=ASK
    ).values()
    return made.reason


def send(account: ChannelAccount, message_class: str, key: str, time: Any) -> str:
    time.pass_by(minutes=1)
    draft = Draft(
        key=key, to=NUMBER, subject="", body="您好", message_class=message_class
    )
    queue_message(account=account, draft=draft)
    sent_by(account)
    return str(Message.objects.get(key=key).state)


@pytest.mark.requirement("R004-79")
def test_from_the_authorisation_on_nobody_asks_until_a_day_after_it_is_over(
    organisation: Organisation,
    manager: Client,
    customer: Customer,
    account: ChannelAccount,
    moving_clock: Any,
) -> None:
    tell(manager, "mnp_query", moving_clock.at)
    assert state_of(manager, customer) == "queried"
    subject = Subject(Customer.objects.get(pk=customer.pk))
    (facts,) = facts_about(organisation, [subject])
    assert facts["mnp_state"] == "queried"
    assert send(account, "service", "s1", moving_clock) == "sent"
    assert send(account, "survey", "s2", moving_clock) == "sent"
    assert send(account, "marketing", "s3", moving_clock) == "cancelled"
    tell(manager, "mnp_authorised", moving_clock.at)
    assert state_of(manager, customer) == "authorised"
    assert reason_now(organisation, customer) == "number_portability"
    assert send(account, "survey", "s4", moving_clock) == "cancelled"
    blocked = ContactDecision.objects.filter(programme="s4").get()
    assert (blocked.verdict, blocked.reason) == ("blocked", "number_portability")
    moving_clock.pass_by(hours=2)
    tell(manager, "mnp_expired", moving_clock.at)
    assert state_of(manager, customer) == "none"
    moving_clock.pass_by(hours=23)
    assert reason_now(organisation, customer) == "number_portability"
    page = manager.get(f"/listen/customers/{customer.pk}/").content.decode()
    assert "不调研、不营销、不挽留" in page
    moving_clock.pass_by(hours=2)
    assert reason_now(organisation, customer) == ""


@pytest.mark.requirement("R004-79")
def test_offers_after_a_query_need_a_signature_and_strategies_are_data(
    manager: Client, customer: Customer, account: ChannelAccount, moving_clock: Any
) -> None:
    tell(manager, "mnp.cxzz.query", moving_clock.at)
    address = "/listen/contacts/portability/"
    fence = {"hours_after": 24, "days_at_most": 30, "allows_offers": "on"}
    manager.post(address, fence)
    assert send(account, "marketing", "m1", moving_clock) == "cancelled"
    signed = {"signed_by": "法务", "signed_on": "2026-03-01", "document": "LG-7"}
    manager.post(address, fence | signed)
    assert send(account, "marketing", "m2", moving_clock) == "sent"
    words = {"may": "先解决问题", "must_not": "不优惠", "who": "热线"}
    one = f"{address}queried/"
    refused = manager.post(one, words | {"text": "转网后将收不到银行短信"})
    assert refused.status_code == 200
    manager.post(one, words | {"text": "您的问题我们来解决。"})
    page = manager.get(f"/listen/customers/{customer.pk}/").content.decode()
    assert "先解决问题" in page
    moving_clock.pass_by(days=91)
    assert state_of(manager, customer) == "none"


@pytest.mark.requirement("R004-79")
@pytest.mark.parametrize(
    ("text", "message_class", "code"),
    [
        ("携转后将收不到银行短信", "service", "fear_message"),
        ("携号转网专享优惠，拒收请回复R", "marketing", "porting_offer"),
        ("我们的资费比联通便宜", "service", "comparative_message"),
    ],
)
def test_words_that_porting_forbids_are_refused(
    text: str, message_class: str, code: str
) -> None:
    found = {each.code for each in lint_message(text, message_class) if each.is_refusal}
    assert code in found


@pytest.mark.requirement("R004-79")
def test_porting_may_exclude_and_never_choose() -> None:
    chosen = {"fact": PORTABILITY, "op": "is", "value": "queried"}
    spared = {"fact": PORTABILITY, "op": "is_not", "value": "queried"}
    assert porting_faults({"conditions": {"all": [chosen]}})
    assert porting_faults({"conditions": {"not": spared}})
    assert porting_faults({"exclusions": spared})
    assert not porting_faults({"conditions": spared, "exclusions": chosen})


def test_a_complaint_to_12321_stops_surveys_and_marketing_at_once(
    manager: Client, moving_clock: Any, customer: Customer, account: ChannelAccount
) -> None:
    assert send(account, "marketing", "c1", moving_clock) == "sent"
    tell(manager, "complaint.12321", moving_clock.at)
    assert send(account, "marketing", "c2", moving_clock) == "cancelled"
    assert send(account, "survey", "c3", moving_clock) == "cancelled"
    assert send(account, "service", "c4", moving_clock) == "sent"


def test_minors_told_by_a_file_are_left_alone_until_a_guardian_agrees(
    organisation: Organisation,
    manager: Client,
    customer: Customer,
    account: ChannelAccount,
    moving_clock: Any,
) -> None:
    told = f"客户编号,年龄\n{NUMBER},13\nC-2,40\n"
    start(manager, upload(manager, "customers", told))
    held = Suppression.objects.get()
    assert (held.customer_id, held.reason) == (customer.pk, "minor")
    assert reason_now(organisation, customer) == "minor"
    assert send(account, "survey", "k1", moving_clock) == "cancelled"
    manager.post(f"/listen/contacts/suppressions/{held.pk}/lift/")
    start(manager, upload(manager, "customers", told))
    assert reason_now(organisation, customer) == ""
