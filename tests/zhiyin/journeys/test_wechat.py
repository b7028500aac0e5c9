"""A follower of an official account: asked by a template, answering on the page."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from tests.zhiyin.channels.conformance.benches import WechatBench
from tests.zhiyin.channels.weixin import platform as weixin
from tests.zhiyin.journeys.test_by_channel import STAMP, hall_programme, visit, work
from tests.zhiyin.journeys.test_by_channel import stack as stack  # a fixture  # noqa: PLC0414
from zhiyin.accounts.models import Organisation, Person
from zhiyin.channels.models import MessageTemplate
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.services import (
    NewEvent,
    record_events,
    save_contact_point,
)
from zhiyin.listen.programs.models import FrameMember, Invitation
from zhiyin.listen.responses.models import Response

pytestmark = pytest.mark.django_db


def follower(organisation: Organisation) -> Customer:
    known = NewEvent(customer="A-1", kind="other", key="first",
                     occurred_at=timezone.now())  # fmt: skip
    record_events(organisation=organisation, events=[known])
    customer = Customer.objects.get()
    save_contact_point(customer=customer, kind="wechat", address=weixin.FOLLOWER)
    return customer


def told(bench: WechatBench, **texts: str) -> None:
    said = {"FromUserName": weixin.FOLLOWER, "CreateTime": "1348831860", **texts}
    answer = weixin.post(bench.row, *weixin.sealed_call(weixin.notice(**said)))
    assert answer.content == b"success"
    work()


@pytest.fixture
def bench(stack: ExitStack, tmp_path: Path) -> WechatBench:
    return WechatBench(stack, tmp_path)


def write_template(manager: Client) -> MessageTemplate:
    """Write the text that the platform approved, and what stands in its fields."""
    form = {
        "name": "营业厅", "code": "hall-wechat", "medium": "wechat",
        "message_class": "survey", "provider_code": "TM1",
        "provider_fields": "thing1: 营业厅服务\nthing2：{question}",
        "body_zh-hans": "请评价：{link}",
    }  # fmt: skip
    assert manager.post("/settings/channels/templates/new/", form).status_code == 302
    return MessageTemplate.objects.get()


@pytest.mark.requirement("R004-78")
def test_a_visit_is_asked_about_in_wechat_and_answered_on_the_page(
    bench: WechatBench, organisation: Organisation, client: Client,
    client_of: Callable[[Person], Client], person_with: Callable[..., Person],
    monkeypatch: pytest.MonkeyPatch,
):  # fmt: skip
    monkeypatch.setattr("zhiyin.listen.responses.views.answering.LEAST_SECONDS", 0.0)
    bench.peer.templates["TM1"] = {"thing1", "thing2"}
    programme = hall_programme(organisation, bench, "wechat")
    programme.template = write_template(client_of(person_with()))
    programme.save()
    customer = follower(organisation)

    visit(organisation, "A-1", "ticket-1")
    (message,) = bench.peer.accepted
    assert message["touser"] == weixin.FOLLOWER
    assert message["data"]["thing1"] == {"value": "营业厅服务"}
    told(bench, MsgType="event", Event="TEMPLATESENDJOBFINISH", Status="success",
         MsgID=str(200228333))  # fmt: skip
    assert Invitation.objects.get().delivered_at is not None

    address = message["url"].removeprefix("https://cx.example")
    stamp = STAMP.search(client.get(address).content.decode())
    assert stamp is not None
    saved = client.post(address, {"score": 9, "stamp": stamp.group(1)})
    assert saved.status_code == 303
    response = Response.objects.get()
    assert (response.channel, response.employee) == ("wechat", "E7")
    assert response.answers.get(is_primary=True).score == 9

    told(bench, MsgType="text", Content="退订", MsgId="7")
    customer.refresh_from_db()
    assert customer.opted_out_at is not None
    visit(organisation, "A-1", "ticket-2")
    assert FrameMember.objects.latest("pk").reason == "opted_out"
    assert len(bench.peer.accepted) == 1


def test_a_number_sent_back_in_wechat_is_an_answer(
    bench: WechatBench, organisation: Organisation
):
    hall_programme(organisation, bench, "wechat")
    follower(organisation)
    visit(organisation, "A-1", "ticket-1")
    (question,) = bench.peer.accepted
    assert re.search(r"https://cx\.example/s/", question["text"]["content"])

    told(bench, MsgType="text", Content="９分", MsgId="1")

    response = Response.objects.get()
    assert response.answers.get(is_primary=True).score == 9
    assert response.channel == "wechat"
    assert len(bench.peer.accepted) == 2, "one question follows"
