"""The retention schedule: looked at, followed, never below what the law asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.zhiyin.act.privacy.conftest import Clock
from zhiyin.accounts.models import Organisation, Person, Role
from zhiyin.act.privacy.models import RetentionRule, RetentionRun
from zhiyin.act.privacy.services.purging import months_ago
from zhiyin.channels.models import ChannelAccount, Message
from zhiyin.channels.services import Draft, queue_message, send_due
from zhiyin.common import worker
from zhiyin.listen.customers.models import ConsentEntry, CustomerEvent
from zhiyin.listen.customers.services import (
    NewEvent,
    Proof,
    get_or_create_customer,
    record_consent,
    record_events,
)
from zhiyin.listen.programs.services import create_link
from zhiyin.listen.responses.models import Response
from zhiyin.listen.responses.services import GivenResponse, receive_response
from zhiyin.listen.surveys.services import create_standard_instrument


@pytest.fixture
def desk(person_with: Callable[..., Person], client_of: Any) -> Client:
    client: Client = client_of(person_with(Role.PRIVACY_OFFICER))
    return client


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2026-03-31", 1, "2026-02-28"),
        ("2024-03-31", 1, "2024-02-29"),
        ("2026-01-15", 24, "2024-01-15"),
        ("2026-12-31", 13, "2025-11-30"),
    ],
)
def test_months_are_those_of_the_calendar(day: str, months: int, expected: str) -> None:
    at = dt.datetime.fromisoformat(f"{day}T12:00:00+00:00")
    assert months_ago(at, months).date().isoformat() == expected


@pytest.fixture
def old(
    organisation: Organisation, account: ChannelAccount, moving_clock: Clock
) -> None:
    """Leave an event, a message, evidence and a comment, two years and more ago."""
    event = NewEvent(
        customer="13800138000", kind="visit", key="v1", occurred_at=moving_clock.at
    )
    record_events(organisation=organisation, events=[event])
    customer = get_or_create_customer(organisation=organisation, key="13800138000")
    proof = Proof(evidence="录音 17")
    record_consent(customer=customer, purpose="survey", state="granted", proof=proof)
    queue_message(account=account, draft=Draft(key="a", to="13800138000", body="您好"))
    while send_due():
        pass
    link = create_link(
        organisation=organisation,
        name="关系调查",
        instrument=create_standard_instrument(
            organisation=organisation, standard="nps-relationship", code="rel"
        ),
    )
    given = GivenResponse(score=3, comment="排队太久，打我13912345678")
    receive_response(link=link, given=given)
    moving_clock.pass_by(days=365 * 2 + 40)


def run(desk: Client, what: str) -> RetentionRun:
    desk.post("/act/privacy/retention/run/", {what: "1"})
    worker.drain()
    return RetentionRun.objects.latest("pk")


def test_a_look_removes_nothing_and_a_purge_what_the_look_said(
    desk: Client, old: None
) -> None:
    look = run(desk, "look")
    assert {k: n for k, n in look.counts.items() if n} == {
        "events": 1,
        "messages": 1,
        "words": 1,
    }
    assert CustomerEvent.objects.exists()
    purge = run(desk, "purge")
    assert purge.counts == look.counts
    assert not CustomerEvent.objects.exists()
    assert Message.objects.get().address == ""
    assert Response.objects.get().comment == "排队太久，打我[mobile]"
    # Three years are not over: the evidence of consent is kept.
    assert ConsentEntry.objects.get().evidence == "录音 17"
    page = desk.get(f"/act/privacy/retention/run/{purge.pk}/").content.decode()
    assert "清除了什么" in page
    assert run(desk, "purge").total == 0


def test_less_than_the_law_asks_is_refused_with_the_number(
    desk: Client, organisation: Organisation
) -> None:
    address = "/act/privacy/retention/consent_evidence/"
    page = desk.post(address, {"months": "4"}, follow=True).content.decode()
    assert "5 至 240 个月" in page
    assert not RetentionRule.objects.exists()
    desk.post(address, {"months": "5"})
    assert RetentionRule.objects.get().months == 5
