"""Requests of data subjects: their clock, their steps, and what they bring about."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.zhiyin.act.privacy.conftest import Clock
from zhiyin.accounts.models import (
    Approval,
    AuditEntry,
    ExportRecord,
    Organisation,
    Person,
    Role,
)
from zhiyin.act.notices.models import Notice
from zhiyin.act.privacy.models import Erasure, SubjectRequest
from zhiyin.act.privacy.services import remind_owners
from zhiyin.channels.models import ChannelAccount, Message
from zhiyin.channels.services import Draft, queue_message, send_due
from zhiyin.common import worker
from zhiyin.listen.contacts.services import suppress_customer
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.services import (
    get_or_create_customer,
    save_contact_point,
)

PHONE = "13987654321"


@pytest.fixture
def desk(person_with: Callable[..., Person], client_of: Any) -> Client:
    client: Client = client_of(person_with(Role.PRIVACY_OFFICER))
    return client


@pytest.fixture
def customer(organisation: Organisation) -> Customer:
    made = get_or_create_customer(organisation=organisation, key="K-1")
    save_contact_point(customer=made, kind="phone", address=PHONE)
    return made


def filed(desk: Client, kind: str, **given: str) -> SubjectRequest:
    data = {"kind": kind, "way": "phone", "key": "K-1", **given}
    desk.post("/act/privacy/new/", data)
    return SubjectRequest.objects.latest("pk")


def identified(desk: Client, request: SubjectRequest) -> SubjectRequest:
    desk.post(f"/act/privacy/{request.pk}/identify/", {"how": "called back"})
    request.refresh_from_db()
    return request


def test_a_copy_is_made_once_of_everything_for_who_proved_to_be_the_customer(
    desk: Client,
    customer: Customer,
    moving_clock: Clock,
    person_with: Callable[..., Person],
    client_of: Any,
) -> None:
    request = filed(desk, "copy", words="我的数据")
    assert request.due_at - request.received_at == dt.timedelta(days=15)
    address = f"/act/privacy/{request.pk}/copy/"
    assert desk.post(address).status_code == 302
    identified(desk, request)
    needed = desk.post(address)
    assert needed.status_code == 403
    wish = needed.context["form"].initial["wish"]
    desk.post("/settings/approvals/ask/", {"wish": wish, "reason": "客户索取副本"})
    asked = Approval.objects.get()
    manager = client_of(person_with(Role.CX_MANAGER))
    manager.post(f"/settings/approvals/{asked.pk}/decide/", {"approve": "1"})
    answer = desk.post(address, {"approval": asked.pk})
    entered = ExportRecord.objects.get()
    assert (entered.content, entered.approval) == ("clear", asked)
    assert entered.number in answer["Content-Disposition"]
    assert entered.holds(customer.pk)
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    data = json.loads(archive.read("data.json"))["data"]
    assert data["联系地址"][0]["地址"] == PHONE
    assert PHONE in archive.read("data.csv").decode("utf-8-sig")
    again = desk.post(address, follow=True)
    assert "副本已于" in again.content.decode()
    assert AuditEntry.objects.filter(action="privacy_copy.downloaded").count() == 1


def test_a_request_is_closed_with_a_reason_and_late_ones_are_said_to_be(
    desk: Client, customer: Customer, moving_clock: Clock
) -> None:
    request = filed(desk, "access")
    for _look in range(2):
        moving_clock.pass_by(days=8)
        remind_owners()
        remind_owners()
    assert Notice.objects.get().title == f"请求 {request.pk} 已逾期：查阅数据"
    assert "已逾期" in desk.get("/act/privacy/?state=open").content.decode()
    close = f"/act/privacy/{request.pk}/close/"
    desk.post(close, {"outcome": "已寄出", "answer": "1"})
    request.refresh_from_db()
    # Nobody is answered before it was checked who is asking.
    assert request.state == "received"
    desk.post(close, {"outcome": "无法核验身份", "refuse": "1"})
    request.refresh_from_db()
    assert (request.state, request.outcome) == ("refused", "无法核验身份")
    assert "逾期关闭" in desk.get("/act/privacy/?state=refused").content.decode()


def test_a_legal_hold_blocks_an_erasure_with_its_reason(
    desk: Client, customer: Customer, moving_clock: Clock
) -> None:
    suppress_customer(customer=customer, reason="legal_hold", note="诉讼 2026-17")
    request = identified(desk, filed(desk, "delete"))
    address = f"/act/privacy/{request.pk}/erase/"
    assert "诉讼 2026-17" in desk.get(address).content.decode()
    desk.post(address, {"confirm": "on"})
    assert not Erasure.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_after_a_withdrawal_nothing_of_any_purpose_leaves_any_queue(
    desk: Client, customer: Customer, account: ChannelAccount, moving_clock: Clock
) -> None:
    later = moving_clock.at + dt.timedelta(hours=2)
    for purpose in ("service", "survey", "marketing"):
        draft = Draft(
            key=purpose, to=PHONE, body="您好", message_class=purpose, not_before=later
        )
        queue_message(account=account, draft=draft)
    request = identified(desk, filed(desk, "withdraw"))
    assert request.state == "answered"
    assert set(Message.objects.values_list("state", flat=True)) == {"cancelled"}
    # What any part queues afterwards is stopped at the last door.
    for purpose in ("service", "survey", "marketing"):
        draft = Draft(key=f"{purpose}:2", to=PHONE, body="您好", message_class=purpose)
        queue_message(account=account, draft=draft)
    moving_clock.pass_by(hours=3)
    worker.drain()
    while send_due():
        pass
    assert set(Message.objects.values_list("state", flat=True)) == {"cancelled"}
