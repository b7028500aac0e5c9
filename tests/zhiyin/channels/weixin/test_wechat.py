"""An official account: tokens that end, quotas, the 48 hours, and what comes back."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.test import Client

from tests.zhiyin.channels.conftest import queued
from tests.zhiyin.channels.weixin import platform as weixin
from tests.zhiyin.channels.weixin.platform import (
    FOLLOWER,
    ask,
    notice,
    open_call,
    post,
    sealed_call,
)
from zhiyin.channels.models import (
    ChannelAccount,
    InboundKind,
    InboundMessage,
    Message,
    MessageState,
    MessageTemplate,
)
from zhiyin.channels.services import queue_message, send_due
from zhiyin.channels.services.templates import draft_from

pytestmark = pytest.mark.django_db


def asked(account: ChannelAccount, **changes: Any) -> Message:
    given = {"to": FOLLOWER, "provider_code": "SMS_1", "parameters": {"text": "请打分"}}
    return queued(account, **given | changes)


def sent(account: ChannelAccount, **changes: Any) -> Message:
    message = asked(account, **changes)
    send_due()
    message.refresh_from_db()
    return message


def test_a_token_is_asked_for_once_and_again_when_it_has_ended(
    wechat: ChannelAccount, wechat_peer: weixin.Wechat
):
    assert sent(wechat).state == sent(wechat).state == MessageState.SENT
    assert wechat_peer.tokens_given == 1
    wechat_peer.end_token()

    renewed = sent(wechat)

    assert (renewed.state, renewed.attempts) == (MessageState.SENT, 1)
    assert (wechat_peer.tokens_given, len(wechat_peer.accepted)) == (2, 3)


def test_an_account_whose_tokens_do_not_work_rests(
    wechat: ChannelAccount, wechat_peer: weixin.Wechat
):
    wechat_peer.answers.extend([weixin.INVALID, weixin.INVALID])

    message = sent(wechat)

    wechat.refresh_from_db()
    assert (message.state, message.attempts) == (MessageState.QUEUED, 0)
    assert "40001" in wechat.last_error
    assert weixin.SECRET not in wechat.last_error


@pytest.mark.parametrize(
    ("code", "state", "rests"),
    [
        (45009, MessageState.QUEUED, True),
        (45011, MessageState.QUEUED, True),
        (48001, MessageState.QUEUED, True),
        (-1, MessageState.QUEUED, False),
        (45047, MessageState.FAILED, False),
        (47003, MessageState.FAILED, False),
    ],
)
def test_a_refusal_means_what_its_code_says(
    code: int, state: str, rests: bool, wechat: ChannelAccount,  # noqa: FBT001
    wechat_peer: weixin.Wechat,
):  # fmt: skip
    wechat_peer.answers.append({"errcode": code, "errmsg": "told"})

    message = sent(wechat)

    wechat.refresh_from_db()
    assert message.state == state
    assert (wechat.resumes_at is not None) is rests
    assert f"{code}: told" in message.error


def test_a_text_reaches_who_wrote_within_48_hours_and_nobody_else(
    wechat: ChannelAccount, wechat_peer: weixin.Wechat
):
    in_time = sent(wechat, body="谢谢您", provider_code="")
    wechat_peer.wrote_at[FOLLOWER] = time.time() - weixin.WINDOW_SECONDS - 60
    too_late = sent(wechat, body="谢谢您", provider_code="")

    assert (in_time.state, too_late.state) == (MessageState.SENT, MessageState.FAILED)
    assert "45015" in too_late.error
    (text,) = wechat_peer.accepted
    assert (text["msgtype"], text["text"]) == ("text", {"content": "谢谢您"})


def test_slots_stand_in_the_fields_of_the_approved_template(
    wechat: ChannelAccount, wechat_peer: weixin.Wechat
):
    wechat_peer.templates["TM1"] = {"thing1", "time2"}
    template = MessageTemplate(
        organisation=wechat.organisation, code="hall", name="厅", medium="wechat",
        provider_code="TM1", texts={"zh-hans": {"body": "请评价：{link}"}},
        provider_fields="thing1: {shop}的服务\ntime2：{day}",
    )  # fmt: skip
    assert template.slots == ["link", "shop", "day"]
    values = {"link": "https://cx.example/s/1", "shop": "很长的名字" * 5, "day": "今天"}
    draft = draft_from(
        template, language="zh-hans", values=values, key="k", to=FOLLOWER
    )
    queue_message(account=wechat, draft=draft)
    send_due()

    (told,) = wechat_peer.accepted
    assert told["url"] == "https://cx.example/s/1"
    assert told["data"]["time2"] == {"value": "今天"}
    assert told["data"]["thing1"]["value"] == f"{'很长的名字' * 3}很长的名…"


def test_the_address_is_proven_and_a_delivery_reported(
    wechat: ChannelAccount, wechat_peer: weixin.Wechat
):
    message, failed = sent(wechat), sent(wechat)
    echo = ask(wechat, open_call(echostr="5837397576500011341"))
    assert (echo.status_code, echo.content) == (200, b"5837397576500011341")
    assert echo["Content-Type"].startswith("text/plain")
    assert ask(wechat, open_call(echostr="1", signature="0" * 40)).status_code == 403
    done = {"MsgType": "event", "Event": "TEMPLATESENDJOBFINISH",
            "FromUserName": FOLLOWER, "CreateTime": "1395658920"}  # fmt: skip
    report = notice(**done, MsgID=message.provider_id, Status="success")
    refused = notice(**done, MsgID=failed.provider_id, Status="failed:user block")

    for body in (report, report, refused):
        answer = post(wechat, open_call(), body)
        assert (answer.status_code, answer.content) == (200, b"success")

    message.refresh_from_db()
    failed.refresh_from_db()
    assert message.state == MessageState.DELIVERED
    assert (failed.state, failed.error) == (MessageState.FAILED, "failed:user block")
    assert InboundMessage.objects.count() == 2


def test_words_leaving_and_coming_back_become_rows(
    wechat: ChannelAccount, wechat_peer: weixin.Wechat
):
    message = sent(wechat)
    said = {"ToUserName": "gh_1", "FromUserName": FOLLOWER, "CreateTime": "1348831860"}
    words = notice(**said, MsgType="text", Content="９分", MsgId="1234567890123456")
    for body in (
        words,
        words,
        notice(**said, MsgType="text", Content="退订", MsgId="1234567890123457"),
        notice(**said, MsgType="event", Event="unsubscribe", EventKey=""),
        notice(**said, MsgType="event", Event="subscribe", EventKey="qrscene_7"),
        notice(**said, MsgType="image", PicUrl="https://x.example/", MsgId="1"),
    ):
        assert post(wechat, open_call(), body).content == b"success"

    kept = list(InboundMessage.objects.order_by("pk"))
    assert [(row.kind, row.text) for row in kept] == [
        (InboundKind.REPLY, "９分"),
        (InboundKind.OPT_OUT, "退订"),
        (InboundKind.BOUNCE, "unsubscribe"),
        (InboundKind.REPORT, "subscribe"),
    ]
    assert {row.sender_masked for row in kept} == {"oGZ****VJJE"}
    assert kept[0].message == message
    wechat_peer.followers.clear()
    gone = sent(wechat)
    assert gone.state == MessageState.FAILED
    assert gone.error.startswith("no such user")


def test_with_a_key_only_encrypted_calls_are_taken(sealed: ChannelAccount):
    words = notice(FromUserName=FOLLOWER, MsgType="text", Content="9", MsgId="1")
    query, body = sealed_call(words)

    for wrong in (
        post(sealed, open_call(), words),
        post(sealed, query | {"msg_signature": "0" * 40}, body),
        post(sealed, query | {"timestamp": str(int(time.time()) - 400)}, body),
        post(sealed, query, body.replace("Encrypt", "Other")),
        post(sealed, {}, body),
    ):
        assert wrong.status_code == 403
        assert wrong["Content-Type"] == "application/problem+json"
    assert not InboundMessage.objects.exists()
    assert post(sealed, query, body).status_code == 200
    assert InboundMessage.objects.get().text == "9"
    assert post(sealed, *sealed_call("no notice")).status_code == 422


def test_the_senders_page_shows_an_address_without_a_key(
    sealed: ChannelAccount, client_of: Any, person_with: Any
):
    client: Client = client_of(person_with())
    page = client.get(f"/settings/channels/{sealed.pk}/").content.decode()

    assert f'/channels/callbacks/{sealed.public_id}"' in page
    assert weixin.SECRET not in page
    form = {"name": "服务号", "price": "0", "currency": "CNY", "rate_per_second": "5",
            "setting_app_id": weixin.APP_ID, "setting_app_secret": "s",
            "setting_token": "t", "setting_aes_key": "too-short"}  # fmt: skip
    new = "/settings/channels/new/?kind=wechat"
    assert "43" in client.post(new, form).content.decode()
    saved = client.post(new, form | {"setting_aes_key": weixin.AES_KEY})
    account = ChannelAccount.objects.get(name="服务号")
    assert saved.status_code == 302
    assert account.secrets()["aes_key"] == weixin.AES_KEY
    assert weixin.AES_KEY.encode() not in bytes(account.secrets_encrypted)


def test_a_template_is_shown_as_its_fields_and_refused_with_a_line_that_names_none(
    client_of: Any, person_with: Any, wechat: ChannelAccount
):
    client: Client = client_of(person_with())
    form = {"name": "厅", "code": "hall", "medium": "wechat", "provider_code": "TM1",
            "message_class": "survey", "body_zh-hans": "请评价：{link}"}  # fmt: skip
    fields = {"provider_fields": "thing1: {shop}的服务"}
    page = client.post("/settings/channels/templates/preview/", form | fields)
    assert "thing1: {shop}的服务" in page.content.decode()
    refused = client.post(
        "/settings/channels/templates/new/", form | {"provider_fields": "no field"}
    )
    assert "no field" in refused.content.decode()
    assert not MessageTemplate.objects.exists()
    test = client.get(f"/settings/channels/{wechat.pk}/test/").content.decode()
    assert "OpenID" in test or "open id" in test
