"""What comes of an invitation after it left, until nobody wants any more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.zhiyin.listen.asking import clock_hours, run, sent_by, state_of
from zhiyin.accounts.models import Organisation
from zhiyin.channels.base import Inbound
from zhiyin.channels.models import (
    ChannelAccount,
    Message,
    MessageState,
)
from zhiyin.channels.services import (
    Draft,
    cancel_message,
    queue_message,
    receive,
)
from zhiyin.common import clock
from zhiyin.listen.contacts.models import ContactDecision, SuppressionReason
from zhiyin.listen.contacts.services import suppress_customer
from zhiyin.listen.customers.models import ContactPoint
from zhiyin.listen.customers.services import (
    get_or_create_customer,
    save_contact_point,
)
from zhiyin.listen.programs.models import (
    FrameMember,
    FrameState,
    Invitation,
    Programme,
)
from zhiyin.listen.programs.queries.tokens import personal_url
from zhiyin.listen.programs.services.lifecycle import follow_messages
from zhiyin.listen.programs.services.lifecycle_optouts import take_opt_outs
from zhiyin.listen.programs.services.sending_reminders import send_reminders

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("moving_clock")]

MakeProgramme = Callable[..., Programme]
MakeMember = Callable[..., FrameMember]
PHONE = "13800138000"


def test_one_reminder_to_who_said_nothing(
    account: ChannelAccount, programme_with: MakeProgramme, member_of: MakeMember,
    moving_clock: Any,
):  # fmt: skip
    programme = programme_with(account, reminder_days=3, expires_hours=168)
    members = [member_of(programme, f"1380013800{n}") for n in range(3)]
    run()
    sent_by(account)
    follow_messages()
    for member in members:
        member.refresh_from_db()
    answered = members[0].invitation
    assert answered is not None
    assert answered.sent_at is not None
    answered.answered_at = clock.now()
    answered.save()
    suppress_customer(customer=members[1].customer, reason=SuppressionReason.OUTAGE)
    assert not send_reminders()
    moving_clock.pass_by(days=3, hours=9)
    assert not send_reminders(), "not in the evening"
    moving_clock.pass_by(hours=15)
    while send_reminders():
        pass
    sent = sent_by(account)
    assert [each["to"] for each in sent[3:]] == ["13800138002"]
    assert not send_reminders()
    logged = Counter(ContactDecision.objects.values_list("verdict", flat=True))
    assert logged == {"allowed": 3, "reminded": 1}, "a reminder is no new question"


def test_what_becomes_of_a_message_is_told_of_its_invitation(
    account: ChannelAccount, programme_with: MakeProgramme, member_of: MakeMember,
    moving_clock: Any,
):  # fmt: skip
    member_of(programme_with(account))
    run()
    sent_by(account)
    follow_messages()
    invitation = Invitation.objects.get()
    assert invitation.sent_at == clock.now()
    assert invitation.delivered_at is None
    moving_clock.pass_by(minutes=5)
    message = Message.objects.get()
    delivered = Inbound(
        kind="report", provider_id=message.provider_id, state="delivered"
    )
    receive(account=account, inbound=[delivered])
    follow_messages()
    invitation.refresh_from_db()
    assert invitation.delivered_at == clock.now()


@pytest.mark.requirement("R000-28")
def test_a_dead_number_is_marked_and_the_question_goes_by_mail(
    account: ChannelAccount, programme_with: MakeProgramme, member_of: MakeMember,
    moving_clock: Any,
):  # fmt: skip
    programme = programme_with(
        account, fallback_channel="email", fallback_account=account
    )
    member = member_of(programme)
    save_contact_point(customer=member.customer, kind="phone", address=PHONE)
    save_contact_point(customer=member.customer, kind="email", address="a@k.example")
    run()
    sent_by(account)
    first = Message.objects.get()

    def fails(message: Message) -> None:
        report = Inbound(
            kind="report", provider_id=message.provider_id, state="failed",
            error="MK:0001",
        )  # fmt: skip
        receive(account=account, inbound=[report])
        follow_messages()
        moving_clock.pass_by(seconds=1)
        follow_messages()

    fails(first)
    point = ContactPoint.objects.get(kind="phone")
    assert point.unusable_because.startswith("MK:0001")
    sent = sent_by(account)
    assert [each["to"] for each in sent] == [PHONE, "a@k.example"]
    follow_messages()
    invitation = Invitation.objects.select_related("link").get()
    assert (invitation.channel, invitation.failed_at) == ("email", None)
    assert personal_url(invitation) in sent[1]["body"]
    # The second way fails too: now it has failed, and nothing more is tried.
    fails(Message.objects.latest("pk"))
    invitation.refresh_from_db()
    assert invitation.failed_at is not None
    assert len(sent_by(account)) == 2


def test_no_more_questions_empties_every_queue(
    account: ChannelAccount, organisation: Organisation,
    programme_with: MakeProgramme, member_of: MakeMember,
):  # fmt: skip
    asked = member_of(programme_with(account))
    run()
    sent_by(account)
    customer = asked.customer
    save_contact_point(customer=customer, kind="email", address="a@k.example")
    for key, to, kind in (
        ("m1", PHONE, "marketing"), ("m2", "a@k.example", "survey"),
        ("m3", PHONE, "service"),
    ):  # fmt: skip
        draft = Draft(key=key, to=to, body="x", message_class=kind,
                      not_before=clock.now() + clock_hours(1))  # fmt: skip
        queue_message(account=account, draft=draft)
    # Another programme wants the same person, and another person has the number.
    waiting = member_of(programme_with(account), due_at=clock.now() + clock_hours(2))
    family = get_or_create_customer(organisation=organisation, key="A-9")
    save_contact_point(customer=family, kind="phone", address=PHONE)

    reply = Inbound(kind="reply", sender=PHONE, text="TD")
    receive(account=account, inbound=[reply])
    take_opt_outs()
    take_opt_outs()

    states = dict(Message.objects.values_list("key", "state"))
    assert states["m1"] == states["m2"] == MessageState.CANCELLED
    assert states["m3"] == MessageState.QUEUED, "a service message is no question"
    assert state_of(waiting) == (FrameState.BLOCKED, "opted_out")
    customer.refresh_from_db()
    family.refresh_from_db()
    assert customer.opted_out_at is not None
    assert family.opted_out_at is not None
    assert Invitation.objects.get().withdrawn_at is not None
    assert ContactDecision.objects.get().declined_at is not None
    assert customer.consents.count() == 1


def test_a_message_that_a_person_takes_back_counts_as_failed(
    account: ChannelAccount, programme_with: MakeProgramme, member_of: MakeMember
):
    member_of(programme_with(account))
    run()
    assert cancel_message(message=Message.objects.get())
    follow_messages()
    invitation = Invitation.objects.get()
    assert invitation.failed_at == clock.now()
    assert invitation.sent_at is None
    # Who saw nothing was asked nothing: the pause between two questions has not begun.
    again = member_of(programme_with(account), occasion=2)
    run()
    again.refresh_from_db()
    assert again.state == FrameState.SENT
