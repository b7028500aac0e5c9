"""What people are told: once, by the ways they wish, and never in a flood."""

from __future__ import annotations

import datetime as dt
import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import gettext_lazy

from zhiyin.accounts.models import Organisation, Person, Role
from zhiyin.act.notices.models import Notice, NoticeDelivery
from zhiyin.act.notices.queries import kinds as known_kinds
from zhiyin.act.notices.queries import register_kind
from zhiyin.act.notices.services import deliver_due, notify
from zhiyin.channels.models import (
    ChannelAccount,
    Message,
    WebhookDelivery,
    WebhookEndpoint,
)
from zhiyin.channels.services import save_account, save_endpoint
from zhiyin.common import clock

pytestmark = pytest.mark.django_db

KIND, URGENT = "test.given", "test.escalated"
AT = dt.datetime(2026, 3, 10, 4, 20, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    registry = importlib.import_module("zhiyin.act.notices.queries.kinds")
    monkeypatch.setattr(registry, "_kinds", {})
    register_kind(KIND, "given", ways=("email",))
    register_kind(URGENT, "escalated", is_essential=True)
    assert [each.code for each in known_kinds()] == [URGENT, KIND]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[dt.datetime], None]:
    def move(moment: dt.datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    move(AT)
    return move


@pytest.fixture
def sender(organisation: Organisation, settings: Any, tmp_path: Path) -> ChannelAccount:
    settings.HOME = tmp_path
    return save_account(
        account=ChannelAccount(
            organisation=organisation,
            kind="email",
            name="mail",
            sender="cx@huaxing.example",
            settings={"host": "127.0.0.1", "port": "2525", "security": "none"},
        ),
    )


def tell(person: Person, key: str, kind: str = KIND, **given: Any) -> int:
    return notify(people=[person], kind=kind, key=key, title=f"工单 {key}", **given)


def sent() -> list[Message]:
    return list(Message.objects.order_by("pk"))


def test_a_person_is_told_once_per_key_and_in_their_own_language(
    person_with: Callable[..., Person],
) -> None:
    chinese = person_with(Role.AGENT)
    english = person_with(Role.AGENT, language="en")
    gone = person_with(Role.AGENT, is_active=False)
    for _again in range(2):
        notify(
            people=[chinese, english, gone],
            kind=KIND,
            key="k",
            title=gettext_lazy("Alerts"),
        )
    told = {each.person: each.title for each in Notice.objects.all()}
    assert told == {chinese: "预警", english: "Alerts"}


def test_what_is_due_together_goes_as_one_mail_and_never_twice(
    person_with: Callable[..., Person],
    sender: ChannelAccount,
    at: Callable[[dt.datetime], None],
) -> None:
    person = person_with(Role.AGENT, language="en")
    tell(person, "1", url="/act/alerts/1/")
    deliver_due()
    tell(person, "2")
    tell(person, "3")
    deliver_due()
    deliver_due()
    assert [each.subject for each in sent()] == ["工单 1", "2 notices"]
    assert all(each.account == sender for each in sent())


def test_a_flood_of_one_kind_is_folded_into_one_digest(
    person_with: Callable[..., Person],
    sender: ChannelAccount,
    at: Callable[[dt.datetime], None],
) -> None:
    person = person_with(Role.AGENT, language="en")
    for number in range(25):
        tell(person, str(number))
        deliver_due()
    assert len(sent()) == 10
    at(AT.replace(hour=5, minute=0))
    deliver_due()
    assert [each.subject for each in sent()][10:] == ["15 notices"]
    assert Notice.objects.filter(person=person).unread().count() == 25


def test_people_choose_ways_and_pace_but_escalations_stay_on_the_page(
    person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
    sender: ChannelAccount,
    at: Callable[[dt.datetime], None],
) -> None:
    person = person_with(Role.AGENT)
    client = client_of(person)
    # Rows stand in the order of the codes: the escalation first.
    chosen = {"pace-0": "at_once", "email-1": "on", "pace-1": "daily"}
    answer = client.post("/settings/notices/", chosen | {"wecom-1": "on"})
    assert "企业微信" in answer.content.decode()
    assert client.post("/settings/notices/", chosen).status_code == 302
    tell(person, "1")
    tell(person, "2", URGENT)
    deliver_due()
    assert sent() == []
    assert [each.key for each in Notice.objects.filter(person=person).unread()] == ["2"]
    at(AT + dt.timedelta(days=1))
    deliver_due()
    assert [each.subject for each in sent()] == ["工单 1"]


def test_quiet_hours_wait_for_the_morning(
    person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
    sender: ChannelAccount,
    at: Callable[[dt.datetime], None],
) -> None:
    person = person_with(Role.AGENT)
    quiet = {"quiet_from": "22:00", "quiet_until": "07:30"}
    wishes = {"pace-0": "at_once", "pace-1": "at_once", "email-1": "on"}
    client_of(person).post("/settings/notices/", wishes | quiet)
    # 23:20 in Shanghai.
    at(AT.replace(hour=15))
    tell(person, "1")
    (delivery,) = NoticeDelivery.objects.all()
    assert delivery.due_at == dt.datetime(2026, 3, 10, 23, 30, tzinfo=dt.UTC)


def test_without_a_sender_the_notice_stays_on_the_page(
    person_with: Callable[..., Person],
) -> None:
    person = person_with(Role.AGENT)
    tell(person, "1")
    assert deliver_due()
    assert not deliver_due()
    assert NoticeDelivery.objects.get().state == "no_way"
    assert Notice.objects.filter(person=person).unread().count() == 1


def test_endpoints_are_told_what_a_person_wished_by_webhook(
    person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
    organisation: Organisation,
) -> None:
    manager = person_with(Role.CX_MANAGER)
    endpoint = WebhookEndpoint(
        organisation=organisation,
        name="IM",
        url="https://im.example/in",
        events=["notice.created"],
    )
    save_endpoint(endpoint=endpoint, by=manager)
    wishes = {"pace-0": "at_once", "pace-1": "at_once", "webhook-1": "on"}
    client_of(manager).post("/settings/notices/", wishes | {"page-1": "on"})
    tell(manager, "1", text="请在 4 小时内联系")
    deliver_due()
    (call,) = WebhookDelivery.objects.all()
    assert (call.event, "4 小时" in call.body.decode()) == ("notice.created", True)


def test_the_bell_counts_and_a_notice_opened_is_read_and_leads_on(
    person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
) -> None:
    person, other = person_with(Role.AGENT), person_with(Role.AGENT)
    client = client_of(person)
    tell(person, "1", url="/act/alerts/")
    tell(person, "2", url="https://elsewhere.example/")
    tell(other, "3")
    bell = client.get("/notices/bell/").content.decode()
    assert ">2<" in bell
    assert 'hx-trigger="every 20s"' in bell
    page = client.get("/notices/").content.decode()
    assert "工单 1" in page
    assert "工单 3" not in page
    first, second = Notice.objects.filter(person=person).order_by("key")
    assert client.post(f"/notices/{first.pk}/open/").url == "/act/alerts/"
    assert client.post(f"/notices/{second.pk}/open/").url == "/notices/"
    tell(person, "4")
    client.post("/notices/read/")
    assert not Notice.objects.filter(person=person).unread().exists()
    assert Notice.objects.filter(person=other).unread().count() == 1
