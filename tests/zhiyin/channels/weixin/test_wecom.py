"""A WeCom application: members only, 30 a minute, three forms, encrypted calls."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from tests.zhiyin.channels.conftest import queued
from tests.zhiyin.channels.weixin import platform as weixin
from tests.zhiyin.channels.weixin.platform import (
    MEMBER,
    ask,
    encrypted,
    notice,
    open_call,
    post,
    sealed_call,
    signature,
)
from zhiyin.channels.base import Outgoing, TemporaryError
from zhiyin.channels.models import ChannelAccount, InboundMessage, MessageState
from zhiyin.channels.queries import open_channel
from zhiyin.channels.services import save_account, send_due

pytestmark = pytest.mark.django_db
LINK = "https://cx.example/s/1"


def outgoing(**changes: Any) -> Outgoing:
    given = {"reference": "r", "to": MEMBER, "body": "请评价", "subject": "一个问题",
             "parameters": {"link": LINK}}  # fmt: skip
    return Outgoing(**given | changes)


def test_a_member_is_sent_30_messages_a_minute_and_the_next_waits(
    wecom: ChannelAccount, wecom_peer: weixin.Wecom
):
    wecom_peer.members.add("han.meimei")
    channel = open_channel(wecom)
    for _ in range(weixin.PER_MINUTE):
        channel.send(outgoing())

    message, other = queued(wecom, to=MEMBER), queued(wecom, to="han.meimei")
    send_due()

    message.refresh_from_db()
    other.refresh_from_db()
    assert (message.state, other.state) == (MessageState.QUEUED, MessageState.SENT)
    assert "30 messages" in message.error
    with pytest.raises(TemporaryError):
        channel.send(outgoing())


def test_a_message_takes_the_form_that_the_sender_wants(
    wecom: ChannelAccount, wecom_peer: weixin.Wecom
):
    for form in ("textcard", "markdown", "text"):
        wecom.settings["format"] = form
        channel = open_channel(save_account(account=wecom))
        channel.send(outgoing())
        channel.send(outgoing(subject="", parameters={}))

    assert [each["msgtype"] for each in wecom_peer.accepted] == [
        "textcard", "text", "markdown", "markdown", "text", "text",
    ]  # fmt: skip
    assert wecom_peer.accepted[0]["textcard"] == {
        "title": "一个问题", "description": "请评价", "url": LINK,
    }  # fmt: skip
    assert wecom_peer.accepted[2]["markdown"] == {"content": "请评价"}
    assert wecom_peer.tokens_given == 1


def test_customers_and_groups_are_refused_with_the_reason(wecom: ChannelAccount):
    for to in ("wmqfasd1e1927831291723123109rAAA", "wrOgQhDgAAMYQiS5ol9G7gK9JVAAAA"):
        with pytest.raises(ValidationError) as refusal:
            queued(wecom, to=to)
        assert "WeCom" in str(refusal.value) or "企业微信" in str(refusal.value)


def test_a_member_the_platform_does_not_know_fails_alone(
    wecom: ChannelAccount, wecom_peer: weixin.Wecom
):
    wecom_peer.answers.append(
        {"errcode": 0, "errmsg": "ok", "invaliduser": "Li.Lei|x", "msgid": "M"}
    )
    message, other = queued(wecom, to=MEMBER), queued(wecom, to=MEMBER)
    send_due()

    message.refresh_from_db()
    other.refresh_from_db()
    assert message.error.startswith("no such user")
    assert (message.state, other.state) == (MessageState.FAILED, MessageState.SENT)


def test_the_address_is_proven_and_a_members_words_are_kept(wecom: ChannelAccount):
    echo = encrypted("1616140317555161061")
    query = open_call(echostr=echo)
    query["msg_signature"] = signature(query["timestamp"], query["nonce"], echo)
    answer = ask(wecom, query)
    assert (answer.status_code, answer.content) == (200, b"1616140317555161061")
    said = notice(ToUserName=weixin.APP_ID, FromUserName=MEMBER, CreateTime="1",
                  MsgType="text", Content="8", MsgId="7")  # fmt: skip

    for _ in range(2):
        assert post(wecom, *sealed_call(said)).status_code == 200
    assert post(wecom, open_call(), said).status_code == 403

    event = InboundMessage.objects.get()
    assert (event.kind, event.text, event.sender) == ("reply", "8", MEMBER)
