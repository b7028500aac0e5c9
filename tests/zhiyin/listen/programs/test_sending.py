"""From a due member of the frame to the message that asks, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.zhiyin.listen.asking import clock_hours, run, sent_by, state_of
from zhiyin.accounts.models import Organisation
from zhiyin.channels.models import (
    ChannelAccount,
    Message,
    MessageClass,
    MessageTemplate,
)
from zhiyin.common import clock
from zhiyin.listen.contacts.models import ContactDecision, SuppressionReason
from zhiyin.listen.contacts.services import suppress_customer
from zhiyin.listen.customers.models import Customer, Purpose
from zhiyin.listen.customers.services import (
    record_consent,
    save_contact_point,
)
from zhiyin.listen.programs.models import (
    FrameMember,
    FrameState,
    Invitation,
    Programme,
    Stream,
)
from zhiyin.listen.programs.queries.tokens import personal_url
from zhiyin.listen.programs.services.sending import expire_members
from zhiyin.listen.responses.models import Response

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("moving_clock")]

MakeProgramme = Callable[..., Programme]
MakeMember = Callable[..., FrameMember]
PHONE = "13800138000"


@pytest.mark.requirement("R000-23")
def test_a_due_member_is_asked_in_one_message_answered_by_a_number(
    account: ChannelAccount, programme_with: MakeProgramme, member_of: MakeMember
):
    programme = programme_with(account)
    member = member_of(programme, employee="E7", attributes={"date": "3月9日"})
    run()

    assert state_of(member) == (FrameState.SENT, "")
    invitation = member.invitation
    assert invitation is not None
    assert (invitation.employee, invitation.attributes) == ("E7", {"date": "3月9日"})
    assert invitation.expires_at == clock.now() + clock_hours(72)
    (only,) = sent_by(account)
    assert only["to"] == PHONE
    assert "您有多大可能" in only["body"]
    assert "0-10" in only["body"]
    assert "拒收请回复R" in only["body"]
    message = Message.objects.get()
    assert (message.key, message.message_class) == (
        invitation.message_key, MessageClass.SURVEY,
    )  # fmt: skip
    assert message.segments == 1
    assert message.expires_at == invitation.expires_at
    run()
    assert len(sent_by(account)) == 1


def test_the_token_is_made_again_and_never_kept(
    account: ChannelAccount, programme_with: MakeProgramme, member_of: MakeMember,
    client: Client,
):  # fmt: skip
    member_of(programme_with(account))
    run()
    invitation = Invitation.objects.select_related("link").get()
    address = personal_url(invitation)
    assert personal_url(Invitation.objects.get()) == address
    path = address.removeprefix("https://cx.example")
    token = path.rstrip("/").rpartition("/")[2]
    row = Invitation.objects.values().get()
    assert token not in str(row)

    shown = client.get(f"{path}?score=9")
    assert shown.status_code == 200
    assert Response.objects.count() == 0, "a GET saves nothing"
    # Without the token nobody is asked there.
    assert client.get(f"/s/{invitation.link.slug}/").status_code == 410


@pytest.mark.requirement("R000-28")
def test_who_has_no_number_is_asked_by_mail_and_who_has_neither_is_not(
    account: ChannelAccount, organisation: Organisation,
    programme_with: MakeProgramme, member_of: MakeMember,
):  # fmt: skip
    programme = programme_with(
        account, fallback_channel="email", fallback_account=account
    )
    by_mail, by_none = member_of(programme, "A-1"), member_of(programme, "A-2")
    save_contact_point(
        customer=by_mail.customer, kind="email", address="wang@k.example"
    )
    run()
    assert state_of(by_mail) == (FrameState.SENT, "")
    assert by_mail.invitation is not None
    assert by_mail.invitation.channel == "email"
    assert state_of(by_none) == (FrameState.UNREACHABLE, "no_address")
    (mail,) = sent_by(account)
    assert mail["to"] == "wang@k.example"
    assert mail["subject"] == "华星：只有一个简短的问题"
    content = Message.objects.get().content
    link = personal_url(by_mail.invitation)
    assert f"{link}?score=10" in mail["body"]
    assert f'href="{link}?score=0"' in content["html"]
    assert f"{link}opt-out/" in mail["body"]


def test_a_wish_on_one_channel_leads_to_the_other(
    account: ChannelAccount, programme_with: MakeProgramme, member_of: MakeMember
):
    programme = programme_with(
        account, fallback_channel="email", fallback_account=account
    )
    first, second = member_of(programme), member_of(programme, "13900139000")
    save_contact_point(customer=first.customer, kind="email", address="a@k.example")
    for member in (first, second):
        record_consent(
            customer=member.customer, purpose=Purpose.SURVEY, state="refused",
            channel="sms",
        )  # fmt: skip
    run()
    assert state_of(first)[0] == FrameState.SENT
    assert first.invitation is not None
    assert first.invitation.channel == "email"
    assert state_of(second) == (FrameState.BLOCKED, "no_consent")
    assert second.decision is not None
    assert (second.decision.verdict, second.decision.rule) == ("blocked", "no_consent")


@pytest.mark.requirement("R002-18")
def test_a_wave_keeps_an_occasion_from_being_asked_about_and_the_other_way_round(
    account: ChannelAccount, programme_with: MakeProgramme, member_of: MakeMember
):
    wave = programme_with(account)
    occasion = programme_with(account, stream=Stream.TRANSACTIONAL,
                              standard="nps-transactional")  # fmt: skip
    first = member_of(wave)
    run()
    blocked = member_of(occasion)
    other = member_of(occasion, "13900139000")
    run()
    also_blocked = member_of(wave, "13900139000")
    run()
    assert state_of(first)[0] == state_of(other)[0] == FrameState.SENT
    assert state_of(blocked) == (FrameState.BLOCKED, "after_relationship")
    assert state_of(also_blocked) == (FrameState.BLOCKED, "after_transactional")
    assert ContactDecision.objects.count() == 4
    assert blocked.decision is not None


@pytest.mark.requirement("R000-34")
def test_quiet_hours_put_off_and_what_comes_too_late_is_let_go(
    account: ChannelAccount, programme_with: MakeProgramme, member_of: MakeMember,
    moving_clock: Any,
):  # fmt: skip
    programme = programme_with(account)
    moving_clock.pass_by(hours=9)
    patient = member_of(programme)
    hasty = member_of(programme, "13900139000", expires_at=clock.now() + clock_hours(6))
    run()
    assert state_of(patient) == (FrameState.DEFERRED, "quiet_hours")
    assert patient.due_at.hour == 1, "nine o'clock in Shanghai"
    assert state_of(hasty) == (FrameState.EXPIRED, "quiet_hours")
    assert sent_by(account) == []
    moving_clock.pass_by(hours=12)
    forgotten = member_of(programme, "13700137000", expires_at=clock.now())
    run()
    expire_members()
    assert state_of(patient)[0] == FrameState.SENT
    assert state_of(forgotten) == (FrameState.EXPIRED, "too_late")


def test_tests_staff_and_the_suppressed_are_named_as_such(
    account: ChannelAccount, programme_with: MakeProgramme, member_of: MakeMember
):
    programme = programme_with(account)
    members = [member_of(programme, f"1380013800{n}") for n in range(3)]
    Customer.objects.filter(pk=members[0].customer_id).update(is_test=True)
    Customer.objects.filter(pk=members[1].customer_id).update(is_staff=True)
    suppress_customer(customer=members[2].customer, reason=SuppressionReason.OPEN_CASE)
    run()
    assert [state_of(each)[1] for each in members] == [
        "test_number", "employee", "open_case",
    ]  # fmt: skip
    assert sent_by(account) == []


def test_one_customer_with_two_occasions_is_asked_once(
    account: ChannelAccount, programme_with: MakeProgramme, member_of: MakeMember
):
    programme = programme_with(account)
    first, second = member_of(programme), member_of(programme, occasion=2)
    run()
    assert state_of(first)[0] == FrameState.SENT
    assert state_of(second) == (FrameState.BLOCKED, "own_clock")
    assert len(sent_by(account)) == 1


def test_one_text_that_cannot_be_sent_holds_up_only_itself(
    account: ChannelAccount, organisation: Organisation,
    programme_with: MakeProgramme, member_of: MakeMember,
):  # fmt: skip
    template = MessageTemplate.objects.create(
        organisation=organisation, code="t", name="t", medium="sms",
        texts={"zh-hans": {"body": "{brand}{product}:{link} {signature}"}},
    )  # fmt: skip
    programme = programme_with(account, template=template)
    good = [member_of(programme, f"1380013800{n}") for n in range(4)]
    bad = member_of(programme, "13900139000", attributes={"product": "长" * 200_001})
    run()
    assert {state_of(each)[0] for each in good} == {FrameState.SENT}
    assert state_of(bad) == (FrameState.DEFERRED, "bad_text")
    assert len(sent_by(account)) == 4
    template.texts = {"zh-hans": {"body": "{nobody_knows}"}}
    template.save()
    waiting = member_of(programme, "13700137000")
    run()
    assert state_of(waiting)[0] == FrameState.WAITING, "a person has to mend it first"
