"""Customers file requests themselves, proved by a code to an address on file."""

from __future__ import annotations

import json
from pathlib import Path

from django.test import Client

from tests.zhiyin.act.privacy.conftest import Clock
from zhiyin.accounts.models import Organisation
from zhiyin.act.privacy.models import IdentityCode, PrivacySetting, SubjectRequest
from zhiyin.channels.models import ChannelAccount, Message
from zhiyin.channels.queries import folder_of
from zhiyin.channels.services import send_due
from zhiyin.listen.customers.services import (
    get_or_create_customer,
    save_contact_point,
    withdraw_customer,
)

PHONE = "13987654321"
FORM = "/data-request/huaxing/"


def opened(organisation: Organisation, account: ChannelAccount) -> None:
    PrivacySetting.objects.create(
        organisation=organisation, is_form_open=True, sms_account=account
    )


def file_request(client: Client, contact: str, kind: str = "copy") -> str:
    answer = client.post(FORM, {"kind": kind, "contact": contact, "words": "我的数据"})
    return str(answer.headers.get("Location", ""))


def code_sent(account: ChannelAccount) -> str:
    while send_due():
        pass
    path: Path = folder_of(account) / "messages.jsonl"
    last = json.loads(path.read_text("utf-8").splitlines()[-1])
    return "".join(letter for letter in last["body"] if letter.isdigit())[:6]


def test_the_code_proves_who_asks_and_a_withdrawal_acts_at_once(
    organisation: Organisation,
    account: ChannelAccount,
    client: Client,
    moving_clock: Clock,
) -> None:
    opened(organisation, account)
    customer = get_or_create_customer(organisation=organisation, key="K-1")
    save_contact_point(customer=customer, kind="phone", address=PHONE)
    # Also who refused everything before gets the code they ask for.
    withdraw_customer(customer=customer)
    address = file_request(client, PHONE, "withdraw")
    code = code_sent(account)
    wrong = "000000" if code != "000000" else "111111"
    assert "不是" in client.post(address, {"code": wrong}).content.decode()
    assert not SubjectRequest.objects.exists()
    client.post(address, {"code": code})
    request = SubjectRequest.objects.get()
    assert (request.customer, request.way, request.state) == (
        customer,
        "form",
        "answered",
    )
    # Used once, a code is worth nothing.
    client.post(address, {"code": code})
    assert SubjectRequest.objects.count() == 1


def test_a_stranger_learns_nothing_and_floods_are_refused(
    organisation: Organisation,
    account: ChannelAccount,
    client: Client,
    moving_clock: Clock,
) -> None:
    assert client.get(FORM).status_code == 404
    opened(organisation, account)
    for _try in range(3):
        page = client.get(file_request(client, PHONE))
        assert page.status_code == 200
    assert not Message.objects.exists()
    assert file_request(client, PHONE) == ""
    assert IdentityCode.objects.count() == 3
    address = file_request(client, "13800138000")
    for _try in range(6):
        client.post(address, {"code": "123456"})
    assert IdentityCode.objects.latest("pk").tries == 6
    assert not SubjectRequest.objects.exists()
