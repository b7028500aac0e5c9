"""A minute after a customer's no, nothing of any queue reaches them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.zhiyin.listen.asking import run, sent_by, state_of
from zhiyin.accounts.models import Person, Role
from zhiyin.channels.models import ChannelAccount, Message
from zhiyin.channels.services import Draft, queue_message
from zhiyin.common import worker
from zhiyin.listen.programs.models import FrameMember, Invitation, Programme
from zhiyin.listen.programs.services.lifecycle import follow_messages
from zhiyin.listen.programs.services.sending_reminders import send_reminders

PHONE = "13800138000"


@pytest.mark.django_db
def test_nothing_that_waits_leaves_after_the_customer_said_no(
    account: ChannelAccount,
    programme_with: Callable[..., Programme],
    member_of: Callable[..., FrameMember],
    moving_clock: Any,
    person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
) -> None:
    # Asked, and to be reminded in three days.
    member_of(programme_with(account, reminder_days=3, expires_hours=168), PHONE)
    run()
    assert len(sent_by(account)) == 1
    follow_messages()
    # Due now by another programme, and three messages in the channel's own queue.
    other = programme_with(account, code="P-2", reminder_days=0)
    due = member_of(other, PHONE)
    for purpose in ("survey", "marketing"):
        draft = Draft(key=purpose, to=PHONE, body="您好", message_class=purpose)
        queue_message(account=account, draft=draft)

    client = client_of(person_with(Role.CX_MANAGER))
    for purpose in ("survey", "marketing"):
        said = {"customer": PHONE, "purpose": purpose, "state": "withdrawn"}
        made = client.post("/api/v1/consents", said, content_type="application/json")
        assert made.status_code == 201
    moving_clock.pass_by(minutes=1)
    worker.drain()
    run()
    assert len(sent_by(account)) == 1
    assert state_of(due)[0] != "sent"
    waiting = Message.objects.filter(key__in=["survey", "marketing"])
    assert set(waiting.values_list("state", flat=True)) == {"cancelled"}
    moving_clock.pass_by(days=3)
    while send_reminders():
        pass
    assert len(sent_by(account)) == 1
    assert Invitation.objects.get().reminded_at is None
