"""Clouds: signatures of their own examples, callbacks that prove themselves."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.zhiyin.channels.cloud import Cloud
from tests.zhiyin.channels.conftest import queued
from zhiyin.accounts.models import AuditEntry
from zhiyin.channels.models import (
    ChannelAccount,
    InboundKind,
    InboundMessage,
    Message,
    MessageState,
)
from zhiyin.channels.queries import callback_key
from zhiyin.channels.services import send_due
from zhiyin.channels.sms.http.signing import sign_acs3, sign_own, sign_tc3
from zhiyin.common import http

Make = Callable[..., ChannelAccount]


def test_aliyun_requests_are_signed_as_in_its_own_example():
    # "V3 request structure and signature": RunInstances, fixed nonce and date.
    action = {
        "x-acs-action": "RunInstances",
        "x-acs-version": "2014-05-26",
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
    }
    query = {
        "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
        "RegionId": "cn-shanghai",
    }
    credential = ("YourAccessKeyId", "YourAccessKeySecret")

    _text, headers = sign_acs3(
        "ecs.cn-shanghai.aliyuncs.com", action, query, credential
    )

    assert headers["Authorization"].endswith(
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0",
    )


def test_tencent_requests_are_signed_as_in_its_own_example():
    # "Signature v3": DescribeInstances of 2019-02-25.
    body = (
        rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], '
        rb'"Name": "instance-name"}]}'
    )
    credential = (
        "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
        "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
    )
    now = dt.datetime.fromtimestamp(1551113065, dt.UTC)

    headers = sign_tc3("cvm.tencentcloudapi.com", "cvm", body, credential, now)

    assert headers["Authorization"].endswith(
        "Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168",
    )


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:9/", "http://[::1]:9/", "http://10.0.0.1/", "http://0.0.0.0/",
     "http://169.254.169.254/latest", "http://192.168.1.1/", "http://[::ffff:127.0.0.1]/",
     "http://localhost:9/", "http://224.0.0.1/"],
)  # fmt: skip
def test_inward_addresses_are_not_called(address: str):
    with pytest.raises(http.AddressRefusedError, match="not a public address"):
        http.post(address, b"", {})


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "ftp://x.example/",
        "//x",
        "http://",
        "http://a:b@c/",
        "http://c:99999/",
        "http://[c/",
    ],
)
def test_only_plain_web_addresses_are_called(address: str):
    with pytest.raises(http.AddressRefusedError):
        http.post(address, b"", {})


@pytest.mark.django_db
def test_a_sender_may_not_reach_inwards_unless_the_installation_says_so(
    cloud_account: Make,
    settings: Any,
):
    settings.CHANNELS_MAY_REACH_PRIVATE = False
    with Cloud() as cloud:
        account = cloud_account("own", address=cloud.address)
        message = queued(account, to="13800138000")
        send_due()

    message.refresh_from_db()
    account.refresh_from_db()
    assert message.state == MessageState.QUEUED
    assert "not a public address" in account.last_error
    assert cloud.accepted == []


def call(account: ChannelAccount, told: Any, *, key: str = "", **headers: str) -> Any:
    path = f"/api/v1/channels/callbacks/{account.public_id}"
    return Client().post(
        f"{path}?key={key}" if key else path,
        data=told if isinstance(told, bytes) else json.dumps(told),
        content_type="application/json",
        headers=headers,
    )


def sent(account: ChannelAccount, provider_id: str) -> Message:
    message = queued(account, to="13800138000")
    row = Message.objects.filter(pk=message.pk)
    row.update(state=MessageState.SENT, provider_id=provider_id,
               claimed_at=timezone.now())  # fmt: skip
    return message


ALIYUN = {"phone_number": "13800138000", "biz_id": "B1", "out_id": "", "success": True,
          "err_code": "DELIVERED", "err_msg": "用户接收成功"}  # fmt: skip
TENCENT = {
    "mobile": "13800138000",
    "nationcode": "86",
    "sid": "B1",
    "report_status": "SUCCESS",
    "errmsg": "DELIVRD",
    "description": "ok",
}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("provider", "told", "answer"),
    [
        ("aliyun", ALIYUN, {"code": 0, "msg": "成功"}),
        ("tencent", TENCENT, {"result": 0, "errmsg": "OK"}),
    ],
)
def test_a_cloud_reports_delivery_at_the_address_with_the_key(
    provider: str,
    told: dict[str, Any],
    answer: dict[str, Any],
    cloud_account: Make,
):
    account = cloud_account(provider)
    message = sent(account, "B1")

    assert call(account, [told], key="guessed").status_code == 403
    assert call(account, [told]).status_code == 403
    assert not InboundMessage.objects.exists()
    for _ in range(2):
        answered = call(account, [told], key=callback_key(account))
        assert (answered.status_code, answered.json()) == (200, answer)

    message.refresh_from_db()
    assert message.state == MessageState.DELIVERED
    assert InboundMessage.objects.count() == 1
    assert AuditEntry.objects.filter(action="channel.called_back").exists()


@pytest.mark.django_db
def test_a_failed_delivery_says_why(cloud_account: Make):
    account = cloud_account("aliyun")
    message = sent(account, "B1")
    told = ALIYUN | {"success": False, "err_code": "MK:0001", "err_msg": "空号"}

    call(account, [told], key=callback_key(account))

    message.refresh_from_db()
    assert message.state == MessageState.FAILED
    assert message.error == "MK:0001 空号"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("provider", "told"),
    [
        ("aliyun", {"phone_number": "13800138000", "content": "9", "sequence_id": "1"}),
        ("tencent", {"mobile": "13800138000", "text": "9", "time": 1700000000}),
    ],
)
def test_a_cloud_hands_over_replies(
    provider: str,
    told: dict[str, Any],
    cloud_account: Make,
):
    account = cloud_account(provider)
    message = sent(account, "B1")

    call(account, told, key=callback_key(account))

    event = InboundMessage.objects.get()
    assert (event.kind, event.text) == (InboundKind.REPLY, "9")
    assert event.message == message
    assert event.sender_masked == "138****8000"


@pytest.mark.django_db
def test_a_gateway_of_ones_own_signs_what_it_calls_with(cloud_account: Make):
    account = cloud_account("own", address="https://gateway.example")
    message = sent(account, "B1")
    body = json.dumps({"kind": "report", "id": "B1", "state": "delivered"}).encode()
    now = timezone.now()
    good = sign_own(body, "known-secret", now)
    wrong = sign_own(body, "other-secret", now)
    old = sign_own(body, "known-secret", now - dt.timedelta(minutes=6))

    for headers in (wrong, old, {}):
        assert call(account, body, **headers).status_code == 403
    assert call(account, body + b" ", **good).status_code == 403
    assert call(account, body, **good).status_code == 200

    message.refresh_from_db()
    assert message.state == MessageState.DELIVERED


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff", b"[1]", b'"x"', b"null", b"[[]]", b"[" * 100_000],
)
def test_a_call_that_cannot_be_read_is_answered_with_a_problem(
    body: bytes,
    cloud_account: Make,
):
    account = cloud_account("aliyun")

    answer = call(account, body, key=callback_key(account))

    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
def test_nobody_answers_at_an_unknown_address(log_account: ChannelAccount):
    unknown = "/api/v1/channels/callbacks/00000000-0000-0000-0000-000000000000"

    assert (
        Client().post(unknown, data="[]", content_type="text/plain").status_code == 404
    )
    assert call(log_account, []).status_code == 403


@pytest.mark.django_db
def test_halves_of_characters_and_nul_are_dropped(cloud_account: Make):
    account = cloud_account("aliyun")
    body = rb'{"phone_number": "13800138000\u0000", "content": "\ud8009\u0000"}'

    assert call(account, body, key=callback_key(account)).status_code == 200

    event = InboundMessage.objects.get()
    assert (event.text, event.sender) == ("?9", "13800138000")
