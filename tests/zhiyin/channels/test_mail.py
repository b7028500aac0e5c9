"""Mail as it leaves: headers that are whole, a way out, and nothing smuggled in."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from tests.zhiyin.channels.conftest import a_draft, queued
from tests.zhiyin.channels.mailserver import MailServer, certificate
from zhiyin.channels.base import Outgoing, PermanentError
from zhiyin.channels.email.channel import check, stuffed
from zhiyin.channels.email.composing import compose, read_address
from zhiyin.channels.models import (
    ChannelAccount,
    InboundKind,
    InboundMessage,
    MessageClass,
    MessageState,
)
from zhiyin.channels.queries import unsubscribe_url
from zhiyin.channels.services import queue_message, save_account, send_due

pytestmark = pytest.mark.django_db


def test_a_survey_mail_says_who_sends_it_and_how_to_stop_it(
    mail_account: ChannelAccount,
    mail_server: MailServer,
):
    message = queued(mail_account, html="<p>您好，请打分</p>")

    send_due()

    (mail,) = mail_server.mails
    head = mail.message
    assert head["From"].addresses[0].display_name == "华星通信"
    assert head["Subject"] == "请打分"
    assert head["Message-ID"] == f"<{message.reference.hex}@huaxing.example>"
    assert head["Auto-Submitted"] == "auto-generated"
    assert head["List-Unsubscribe"] == f"<{unsubscribe_url(message)}>"
    assert head["List-Unsubscribe"].startswith("<https://cx.example/c/unsubscribe/")
    assert head["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [part.get_content_type() for part in head.iter_parts()] == [
        "text/plain",
        "text/html",
    ]


def test_a_service_mail_offers_no_way_out_and_a_caller_may_name_another(
    mail_account: ChannelAccount,
    mail_server: MailServer,
):
    queued(mail_account, message_class=MessageClass.SERVICE)
    queued(mail_account, unsubscribe_url="http://other.example/stop")

    send_due()

    service, other = (mail.message for mail in mail_server.mails)
    assert service["List-Unsubscribe"] is None
    assert other["List-Unsubscribe"] == "<http://other.example/stop>"
    # RFC 8058 wants TLS: without it no one-click is promised.
    assert other["List-Unsubscribe-Post"] is None


def test_the_page_asks_first_and_one_click_does_not(
    mail_account: ChannelAccount,
    client: Client,
):
    message = queued(mail_account, language="zh-hant")
    path = unsubscribe_url(message).removeprefix("https://cx.example")

    asked = client.get(path)

    assert "取消訂閱" in asked.content.decode()
    assert "w***@kunden.example" in asked.content.decode()
    assert not InboundMessage.objects.exists(), "scanners open links"
    strict = Client(enforce_csrf_checks=True)
    for _ in range(2):
        done = strict.post(path, {"List-Unsubscribe": "One-Click"})
        assert done.status_code == 200
    (event,) = InboundMessage.objects.all()
    assert (event.kind, event.message) == (InboundKind.OPT_OUT, message)
    assert event.sender_hash == message.address_hash
    assert event.sender == "wang@kunden.example"


@pytest.mark.parametrize("token", ["x", "a.b", "0" * 32 + ".forged", "%00.x"])
def test_a_forged_link_unsubscribes_nobody(token: str, client: Client, db: None):
    answer = client.post(f"/c/unsubscribe/{token}/")

    assert answer.status_code == 404
    assert not InboundMessage.objects.exists()


@pytest.mark.parametrize(
    "text", ["a\nBcc: all@x.example", "a\rb", "a\x00b", "a\u2028b"]
)
def test_a_line_break_in_a_subject_is_refused(text: str, mail_account: ChannelAccount):
    with pytest.raises(ValidationError, match=r"一行|one line"):
        queue_message(account=mail_account, draft=a_draft(subject=text))


def test_a_line_break_in_the_senders_name_begins_no_header():
    outgoing = Outgoing("0" * 32, "a@b.example", "body", subject="s")

    with pytest.raises(PermanentError):
        compose(outgoing, "survey@x.example", "Survey\r\nBcc: all@x.example")


@pytest.mark.parametrize(
    "address",
    ["", "wang", "wang@", "@x.example", "a b@x.example", "a@x.example\nRCPT TO:<b@c>",
     "a@b@c.example", "a@-x.example", "<a@x.example>", "王@x.example",
     "a" * 65 + "@x.example", "a@" + "b" * 260],
)  # fmt: skip
def test_what_is_no_address_is_refused(address: str):
    with pytest.raises(ValueError, match="name@company"):
        read_address(address)


def test_a_chinese_domain_is_written_in_ascii():
    assert read_address("wang@例子.example") == "wang@xn--fsqu00a.example"


def test_a_mail_without_a_subject_or_a_text_is_refused(mail_account: ChannelAccount):
    for wrong in ({"subject": " "}, {"body": "  "}, {"subject": "x" * 201}):
        with pytest.raises(ValidationError):
            queue_message(account=mail_account, draft=a_draft(**wrong))


def test_a_dot_alone_on_a_line_ends_no_mail(
    mail_account: ChannelAccount,
    mail_server: MailServer,
):
    text = "first\n.\nRSET\nlast"
    queued(mail_account, body=text)

    send_due()

    assert mail_server.mails[0].text.splitlines() == text.splitlines()
    assert stuffed(b"a\n.\nb") == b"a\r\n..\r\nb\r\n.\r\n"


def test_a_certificate_nobody_vouches_for_is_not_trusted(
    mail_account: ChannelAccount,
    tmp_path,
):
    with MailServer(tmp_path, starttls=True) as server:
        settings = mail_account.settings
        mail_account.settings = {**settings, "port": str(server.port),
                                 "security": "starttls"}  # fmt: skip
        save_account(account=mail_account)
        message = queued(mail_account)
        send_due()

    message.refresh_from_db()
    mail_account.refresh_from_db()
    assert message.state == MessageState.QUEUED
    assert "TLS" in mail_account.last_error
    assert server.mails == []


def test_a_password_is_not_sent_in_the_clear_over_a_network():
    settings = {"host": "mail.example", "security": "none", "user": "survey"}

    assert "security" in check(settings)
    assert check({**settings, "host": "127.0.0.1"}) == {}
    assert check({**settings, "security": "tls"}) == {}
    assert "ca_certificate" in check({"ca_certificate": "nonsense"})
    assert check({"ca_certificate": certificate()[0]}) == {}


def test_a_long_way_out_is_neither_folded_nor_encoded_and_all_is_seven_bits():
    url = "https://cx.example/c/unsubscribe/" + "a" * 400
    outgoing = Outgoing("0" * 32, "a@b.example", "您好", subject="请" * 60,
                        unsubscribe_url=url)  # fmt: skip

    data = compose(outgoing, "survey@x.example", "华星通信")

    assert f"List-Unsubscribe: <{url}>\r\n".encode() in data
    assert data.isascii()
    for wrong in (
        "https://x.example/\r\nBcc: a",
        "https://x.example/> <b",
        "http://例",
    ):
        with pytest.raises(PermanentError):
            compose(replace(outgoing, unsubscribe_url=wrong), "survey@x.example", "")
