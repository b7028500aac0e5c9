"""Every kind of channel keeps the same promises: told here once, run for each."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from pytest_django.fixtures import Settings

from tests.zhiyin.channels.conformance.benches import BENCHES, Bench
from zhiyin.accounts.models import Organisation
from zhiyin.channels.base import Callback, CallbackRefusedError
from zhiyin.channels.models import ChannelAccount, Message, MessageState
from zhiyin.channels.queries import open_channel
from zhiyin.channels.registry import KINDS
from zhiyin.channels.services import (
    Draft,
    queue_message,
    save_account,
    send_due,
)
from zhiyin.channels.sms.gateway import CLIENTS

pytestmark = pytest.mark.django_db

TEXT = "您好，请打分"


@pytest.fixture(params=sorted(BENCHES))
def bench(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    settings: Settings,
) -> Iterator[Bench]:
    settings.HOME = tmp_path
    settings.CHANNELS_MAY_REACH_PRIVATE = True
    with ExitStack() as stack:
        stack.callback(CLIENTS.close_all)
        yield BENCHES[request.param](stack, tmp_path)


@pytest.fixture
def account(bench: Bench, organisation: Organisation) -> ChannelAccount:
    return bench.account(organisation)


def draft(bench: Bench, **changes: Any) -> Draft:
    given = {
        "key": secrets.token_hex(8),
        "to": bench.to,
        "subject": "请打分",
        "body": TEXT,
        "provider_code": "SMS_1",
        "parameters": {"text": TEXT},
    }
    return Draft(**{**given, **changes})


def needs(bench: Bench, what: str) -> None:
    if what in bench.gaps:
        pytest.skip(bench.gaps[what])


def send_all() -> None:
    for _ in range(5):
        Message.objects.filter(state=MessageState.QUEUED).update(
            next_attempt_at=timezone.now(),
        )
        ChannelAccount.objects.update(resumes_at=None)
        send_due()


def test_every_kind_of_the_registry_has_a_bench() -> None:
    assert {each.kind for each in BENCHES.values()} == set(KINDS)


def test_a_message_arrives_once_and_whole(bench: Bench, account: ChannelAccount):
    message = queue_message(account=account, draft=draft(bench))

    send_all()

    message.refresh_from_db()
    assert bench.received() == [(bench.to, bench.text)]
    assert message.state == MessageState.SENT, message.error
    assert message.provider_id
    assert message.segments == 1
    assert message.attempts == 1
    assert message.sent_at is not None


def test_the_same_key_twice_is_one_message(bench: Bench, account: ChannelAccount):
    asked = draft(bench)

    first = queue_message(account=account, draft=asked)
    second = queue_message(account=account, draft=asked)
    send_all()
    third = queue_message(account=account, draft=asked)
    send_all()

    assert first.pk == second.pk == third.pk
    assert len(bench.received()) == 1


def test_a_message_refused_for_now_is_sent_later(bench: Bench, account: ChannelAccount):
    needs(bench, "refusal")
    bench.refuse_for_now()
    message = queue_message(account=account, draft=draft(bench))

    send_due()

    message.refresh_from_db()
    account.refresh_from_db()
    assert bench.received() == []
    assert message.state == MessageState.QUEUED
    assert message.error
    rests_until = account.resumes_at or message.next_attempt_at
    assert rests_until is not None
    assert rests_until > timezone.now()
    send_all()
    assert bench.received() == [(bench.to, bench.text)]


def test_a_message_refused_for_good_fails(bench: Bench, account: ChannelAccount):
    needs(bench, "refusal")
    bench.refuse_for_good()
    message = queue_message(account=account, draft=draft(bench))
    other = queue_message(account=account, draft=draft(bench))

    send_all()

    message.refresh_from_db()
    other.refresh_from_db()
    assert message.state == MessageState.FAILED
    assert message.error
    assert message.finished_at is not None
    assert other.state == MessageState.SENT, "one bad receiver stops nobody else"


def test_a_lost_answer_makes_a_message_uncertain_and_nobody_is_asked_twice(
    bench: Bench,
    account: ChannelAccount,
):
    needs(bench, "uncertainty")
    message = queue_message(account=account, draft=draft(bench))
    bench.vanish_after_taking()

    send_due()
    taken = len(bench.received())
    send_all()

    message.refresh_from_db()
    assert message.state == MessageState.UNCERTAIN, message.error
    assert len(bench.received()) == taken <= 1


def test_where_nobody_listens_the_message_waits_unharmed(
    bench: Bench,
    account: ChannelAccount,
):
    needs(bench, "absence")
    bench.move(account, is_gone=True)
    message = queue_message(account=account, draft=draft(bench))

    send_due()

    message.refresh_from_db()
    account.refresh_from_db()
    assert (message.state, message.attempts) == (MessageState.QUEUED, 0)
    assert account.failures == 1
    assert account.last_error
    assert account.resumes_at is not None
    bench.move(account, is_gone=False)
    send_all()
    assert len(bench.received()) == 1


def test_a_wrong_secret_harms_no_message(bench: Bench, account: ChannelAccount):
    needs(bench, "secret")
    save_account(account=account, secrets=bench.wrong_secret())
    message = queue_message(account=account, draft=draft(bench))

    send_due()

    message.refresh_from_db()
    account.refresh_from_db()
    assert message.state == MessageState.QUEUED
    assert account.failures == 1
    assert bench.received() == []
    assert "right-password" not in account.last_error
    save_account(account=account, secrets=bench.secrets())
    send_all()
    assert len(bench.received()) == 1


def test_a_bad_address_is_refused_before_it_is_queued(
    bench: Bench,
    account: ChannelAccount,
):
    with pytest.raises(ValidationError):
        queue_message(account=account, draft=draft(bench, to=bench.bad_address))

    assert not Message.objects.exists()


def test_a_body_of_20000_characters_arrives_whole_or_is_refused(
    bench: Bench,
    account: ChannelAccount,
):
    long = "很长的内容" * 4000
    asked = draft(bench, body=long)
    if bench.kind in {"email", "log"}:
        queue_message(account=account, draft=asked)
        send_all()
        assert bench.received() == [(bench.to, long)]
    else:
        with pytest.raises(ValidationError, match=str(KINDS[bench.kind].most_segments)):
            queue_message(account=account, draft=asked)


def test_a_stranger_who_calls_back_is_refused(bench: Bench, account: ChannelAccount):
    call = Callback(b"[]", {}, {"key": "guessed"}, timezone.now())
    channel = open_channel(account)

    with pytest.raises(CallbackRefusedError):
        channel.read_callback(call)
