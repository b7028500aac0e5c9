"""The queue: who may send when, how long a try may take, and who gives up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from tests.zhiyin.channels.conftest import a_draft, queued
from tests.zhiyin.channels.mailserver import MailServer
from zhiyin.accounts.models import AuditEntry, Person
from zhiyin.channels.models import ChannelAccount, Message, MessageState
from zhiyin.channels.services import (
    cancel_message,
    confirm_arrival,
    delete_account,
    expire_messages,
    give_up_claims,
    queue_messages,
    send_again,
    send_due,
    set_account_enabled,
)
from zhiyin.channels.services.sending import BACK_OFF

pytestmark = pytest.mark.django_db


def test_a_message_refused_for_now_waits_longer_each_time_and_then_fails(
    mail_account: ChannelAccount,
    mail_server: MailServer,
):
    mail_server.answers.extend(["451 4.7.1 later"] * 9)
    message = queued(mail_account)
    waits = []

    for _ in range(len(BACK_OFF) + 1):
        before = timezone.now()
        Message.objects.filter(pk=message.pk).update(next_attempt_at=before)
        send_due()
        message.refresh_from_db()
        if message.state == MessageState.QUEUED and message.next_attempt_at:
            waits.append(round((message.next_attempt_at - before).total_seconds() / 60))

    assert waits == [1, 5, 15, 60, 240]
    assert message.state == MessageState.FAILED
    assert "451" in message.error
    assert mail_server.mails == []


def test_what_is_not_due_or_too_late_is_not_sent(log_account: ChannelAccount):
    now = timezone.now()
    early = queued(log_account, not_before=now + dt.timedelta(hours=1))
    late = queued(log_account, expires_at=now - dt.timedelta(seconds=1))

    assert not send_due()
    expire_messages()

    early.refresh_from_db()
    late.refresh_from_db()
    assert early.state == MessageState.QUEUED
    assert late.state == MessageState.FAILED
    assert late.error


def test_a_disabled_sender_keeps_its_messages(log_account: ChannelAccount):
    message = queued(log_account)
    set_account_enabled(account=log_account, is_enabled=False)

    assert not send_due()
    set_account_enabled(account=log_account, is_enabled=True)
    assert send_due()

    message.refresh_from_db()
    assert message.state == MessageState.SENT


def test_a_sender_held_by_another_worker_is_left_alone(log_account: ChannelAccount):
    queued(log_account)
    held = ChannelAccount.objects.filter(pk=log_account.pk)
    held.update(leased_until=timezone.now() + dt.timedelta(seconds=30))

    assert not send_due()

    held.update(leased_until=timezone.now() - dt.timedelta(seconds=1))
    assert send_due()


def test_a_message_whose_worker_is_gone_becomes_uncertain(log_account: ChannelAccount):
    message = queued(log_account)
    row = Message.objects.filter(pk=message.pk)
    row.update(state=MessageState.SENDING, claimed_at=timezone.now())

    give_up_claims()
    message.refresh_from_db()
    assert message.state == MessageState.SENDING, "it may still be on its way"
    row.update(claimed_at=timezone.now() - dt.timedelta(minutes=6))
    give_up_claims()
    send_due()

    message.refresh_from_db()
    assert message.state == MessageState.UNCERTAIN
    assert message.error


def test_a_person_settles_an_uncertain_message_once(
    log_account: ChannelAccount,
    person_with: Callable[..., Person],
):
    person = person_with()
    first, second = queued(log_account), queued(log_account)
    Message.objects.update(state=MessageState.UNCERTAIN)
    for message in (first, second):
        message.refresh_from_db()

    assert confirm_arrival(message=first, by=person)
    assert not confirm_arrival(message=first, by=person)
    assert not send_again(message=first, by=person)
    assert send_again(message=second, by=person)
    send_due()

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (MessageState.SENT, MessageState.SENT)
    actions = list(AuditEntry.objects.values_list("action", "actor"))
    assert ("message.confirmed", person.pk) in actions
    assert ("message.sent_again", person.pk) in actions


def test_only_a_waiting_message_can_be_cancelled(log_account: ChannelAccount):
    waiting, gone = queued(log_account), queued(log_account)
    assert cancel_message(message=waiting)
    send_due()

    assert not cancel_message(message=gone)
    waiting.refresh_from_db()
    gone.refresh_from_db()
    assert waiting.state == MessageState.CANCELLED
    assert gone.state == MessageState.SENT


def test_drafts_are_queued_all_or_none(log_account: ChannelAccount):
    good, bad = a_draft(), a_draft(to="a\nb")

    with pytest.raises(ValidationError):
        queue_messages(account=log_account, drafts=[good, bad])

    assert not Message.objects.exists()


def test_address_and_text_are_not_readable_in_the_database(log_account: ChannelAccount):
    message = queued(log_account, body="https://cx.example/s/abc/secret-token/")

    row = Message.objects.filter(pk=message.pk).values().get()

    plain = " ".join(
        bytes(each).decode("latin-1")
        if isinstance(each, (bytes, memoryview))
        else str(each)
        for each in row.values()
    )
    assert "wang@" not in plain
    assert "secret-token" not in plain
    assert message.address == "wang@kunden.example"
    assert "wang" not in str(message)


def test_a_sender_that_sent_cannot_be_deleted(log_account: ChannelAccount):
    queued(log_account)

    with pytest.raises(ValidationError):
        delete_account(account=log_account)

    Message.objects.all().delete()
    delete_account(account=log_account)
    assert not ChannelAccount.objects.exists()
