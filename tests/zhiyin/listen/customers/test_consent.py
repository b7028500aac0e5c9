"""The consent ledger: the newest line holds, and a no is a no everywhere."""

from __future__ import annotations

import pytest

from zhiyin.accounts.models import Organisation
from zhiyin.listen.customers.models import ConsentEntry, Customer
from zhiyin.listen.customers.queries import consent_in_force, who_may_be_contacted
from zhiyin.listen.customers.services import (
    Proof,
    get_or_create_customer,
    record_consent,
    withdraw_customer,
)


@pytest.fixture
def customer(organisation: Organisation) -> Customer:
    return get_or_create_customer(organisation=organisation, key="13800138000")


def say(customer: Customer, purpose: str, state: str, channel: str = "") -> None:
    record_consent(customer=customer, purpose=purpose, state=state, channel=channel)


def test_newest_line_of_a_purpose_and_channel_holds(customer: Customer) -> None:
    ids = [customer.pk]
    assert consent_in_force(ids, "marketing", "sms") == {customer.pk: None}
    say(customer, "marketing", "granted")
    say(customer, "marketing", "refused", "sms")
    assert consent_in_force(ids, "marketing", "sms") == {customer.pk: "refused"}
    assert consent_in_force(ids, "marketing", "email") == {customer.pk: "granted"}
    assert consent_in_force(ids, "survey", "sms") == {customer.pk: None}
    say(customer, "marketing", "withdrawn")
    assert consent_in_force(ids, "marketing", "email") == {customer.pk: "withdrawn"}
    assert ConsentEntry.objects.count() == 3


def test_marketing_needs_a_yes_and_a_survey_only_no_no(customer: Customer) -> None:
    ids = {customer.pk}
    assert who_may_be_contacted(ids, "survey", "sms") == ids
    assert who_may_be_contacted(ids, "marketing", "sms") == set()
    say(customer, "marketing", "granted", "sms")
    assert who_may_be_contacted(ids, "marketing", "sms") == ids
    assert who_may_be_contacted(ids, "marketing", "email") == set()
    say(customer, "survey", "refused", "sms")
    assert who_may_be_contacted(ids, "survey", "sms") == set()
    assert who_may_be_contacted(ids, "survey", "email") == ids


def test_opt_out_and_ledger_never_disagree(customer: Customer) -> None:
    withdraw_customer(customer=customer, source="sms", evidence="TD")
    withdraw_customer(customer=customer)
    line = ConsentEntry.objects.get()
    assert (line.purpose, line.state, line.source, line.evidence) == (
        "survey",
        "withdrawn",
        "sms",
        "TD",
    )
    assert customer.opted_out_at is not None
    proof = Proof(source="hotline", evidence="call of 3 March")
    record_consent(customer=customer, purpose="survey", state="granted", proof=proof)
    customer.refresh_from_db()
    assert customer.opted_out_at is None
    say(customer, "survey", "refused")
    customer.refresh_from_db()
    assert customer.opted_out_at is not None
