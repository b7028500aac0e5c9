"""What comes back: bounces, complaints, replies, reports, each kept once."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.zhiyin.channels.conftest import queued
from zhiyin.channels.base import Inbound
from zhiyin.channels.email.bounces import read_mail
from zhiyin.channels.models import (
    ChannelAccount,
    InboundKind,
    InboundMessage,
    Message,
    MessageState,
)
from zhiyin.channels.queries import folder_of, is_opt_out
from zhiyin.channels.services import poll_accounts, receive, send_again, send_due

pytestmark = pytest.mark.django_db


def bounce(message: Message, action: str = "failed", status: str = "5.1.1") -> bytes:
    """Return a report as a mail server writes it, RFC 3464."""
    return f"""From: MAILER-DAEMON@kunden.example
To: survey@huaxing.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I could not deliver it.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.kunden.example

Final-Recipient: rfc822; wang@kunden.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <wang@kunden.example>:
  user unknown

--b
Content-Type: message/rfc822

From: survey@huaxing.example
Message-ID: <{message.reference.hex}@huaxing.example>
Subject: x

body
--b--
""".replace("\n", "\r\n").encode()


@pytest.fixture
def sent(mail_account: ChannelAccount) -> Message:
    message = queued(mail_account)
    send_due()
    message.refresh_from_db()
    assert message.state == MessageState.SENT
    return message


def test_a_bounce_fails_the_message_it_names(sent: Message):
    (event,) = read_mail(bounce(sent))

    assert event.reference == sent.reference.hex
    assert (event.kind, event.state, event.error) == ("bounce", "failed", "5.1.1")
    receive(account=sent.account, inbound=[event, event])
    sent.refresh_from_db()
    assert sent.state == MessageState.FAILED
    assert "user unknown" in sent.error
    assert InboundMessage.objects.get().kind == InboundKind.BOUNCE


def test_a_delay_is_noted_and_settles_nothing(sent: Message):
    receive(account=sent.account, inbound=read_mail(bounce(sent, "delayed", "4.4.1")))

    sent.refresh_from_db()
    assert sent.state == MessageState.SENT
    assert InboundMessage.objects.get().state == ""


def test_mail_servers_hand_bounces_over_by_a_command_and_a_folder(sent: Message):
    account = sent.account
    drop = folder_of(account) / "returned"
    drop.mkdir(parents=True)
    (drop / "1.eml").write_bytes(bounce(sent))
    path = drop.parent / "again.eml"
    path.write_bytes(bounce(sent))

    poll_accounts()
    out = StringIO()
    call_command("receive_mail", str(account.public_id), str(path), stdout=out)

    assert out.getvalue() == "0 events\n", "it was told already"
    assert InboundMessage.objects.count() == 1
    assert list(drop.iterdir()) == []
    assert [each.name for each in (drop.parent / "returned-read").iterdir()] == [
        "1.eml"
    ]
    with pytest.raises(CommandError):
        call_command("receive_mail", "00000000-0000-0000-0000-000000000000", str(path))


def test_a_complaint_is_a_wish_to_hear_no_more(sent: Message):
    raw = (
        bounce(sent)
        .replace(b"delivery-status;", b"feedback-report;")
        .replace(b"report-type=delivery-status", b"report-type=feedback-report")
    )

    (event,) = receive(account=sent.account, inbound=read_mail(raw))

    assert event.kind == InboundKind.OPT_OUT
    assert event.sender_hash == sent.address_hash


def test_a_reply_belongs_to_its_message_and_machines_are_not_heard(sent: Message):
    raw = (
        f"From: Wang <wang@kunden.example>\r\nMessage-ID: <r1@kunden.example>\r\n"
        f"In-Reply-To: <{sent.reference.hex}@huaxing.example>\r\n"
        "Content-Type: text/plain; charset=gb18030\r\n\r\n"
    ).encode() + "9分".encode("gb18030")
    machine = b"Auto-Submitted: auto-replied\r\n" + raw

    (event,) = receive(account=sent.account, inbound=read_mail(raw))

    assert (event.kind, event.text, event.message) == (InboundKind.REPLY, "9分", sent)
    assert event.sender_masked == "w***@kunden.example"
    assert read_mail(machine) == []


@pytest.mark.parametrize(
    "raw",
    [b"", b"\x00\xff", b"Content-Type: multipart/report; report-type=delivery-status",
     b"Content-Type: text/plain; charset=nonsense\r\nIn-Reply-To: <" + b"a" * 32
     + b"@x>\r\n\r\n\xff", bytes(range(256)) * 50],
)  # fmt: skip
def test_rubbish_is_read_without_a_fault(raw: bytes):
    assert all(event.kind == "reply" for event in read_mail(raw))


@pytest.mark.parametrize(
    ("text", "is_wish"),
    [("退订", True), ("T", True), ("ｔｄ", True), (" 退訂。", True), ("R", True),
     ("STOP!", True), ("拒收", True), ("9", False), ("T9", False), ("不推荐", False),
     ("退订流程太麻烦了，我要投诉你们的客服态度很差", False), ("", False)],
)  # fmt: skip
def test_only_a_bare_wish_to_stop_is_an_opt_out(text: str, is_wish: bool):  # noqa: FBT001
    assert is_opt_out(text) is is_wish


def test_a_reply_that_says_stop_becomes_an_opt_out(log_account: ChannelAccount):
    message = queued(log_account, to="+86 138-0013-8000")
    send_due()

    receive(
        account=log_account,
        inbound=[Inbound(kind="reply", sender="13800138000", text="退订")],
    )

    event = InboundMessage.objects.get()
    assert (event.kind, event.message) == (InboundKind.OPT_OUT, message)


def report(state: str, **names: str) -> Inbound:
    return Inbound(kind="report", state=state, external_id=state, **names)


def test_a_report_that_is_faster_than_the_answer_is_applied_later(
    log_account: ChannelAccount,
):
    message = queued(log_account, to="13800138000")
    early = report("delivered", provider_id=message.reference.hex)

    receive(account=log_account, inbound=[early])
    assert InboundMessage.objects.get().message is None
    send_due()

    message.refresh_from_db()
    assert message.state == MessageState.DELIVERED
    assert InboundMessage.objects.get().message == message


def test_a_report_settles_what_nobody_knew(log_account: ChannelAccount, person_with):
    message = queued(log_account, to="13800138000")
    send_due()
    uncertain = Message.objects.filter(pk=message.pk)
    uncertain.update(state=MessageState.UNCERTAIN, provider_id="")

    receive(account=log_account, inbound=[report("delivered", sender="13800138000")])

    message.refresh_from_db()
    assert message.state == MessageState.DELIVERED

    # Had somebody queued it again meanwhile, the report would still stop it.
    uncertain.update(state=MessageState.UNCERTAIN)
    assert send_again(message=message, by=person_with())
    late = Inbound("report", state="delivered", reference=message.reference.hex)
    receive(account=log_account, inbound=[late])
    message.refresh_from_db()
    assert message.state == MessageState.DELIVERED


def test_a_report_of_another_message_settles_nothing(log_account: ChannelAccount):
    first, second = (
        queued(log_account, to="13800138000"),
        queued(log_account, to="13800138000"),
    )
    send_due()

    failed = report("failed", sender="13800138000", provider_id="unknown")
    receive(account=log_account, inbound=[failed])

    states = set(Message.objects.values_list("state", flat=True))
    assert states == {MessageState.SENT}
    assert {first.pk, second.pk}
    assert InboundMessage.objects.get().message is None
