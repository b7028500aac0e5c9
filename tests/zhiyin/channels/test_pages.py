"""The pages of an administrator: senders, templates, messages, health."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from tests.zhiyin.channels.conftest import queued
from zhiyin.accounts.models import AuditEntry, Person, Role
from zhiyin.accounts.services import create_api_token
from zhiyin.channels.models import (
    ChannelAccount,
    InboundMessage,
    Message,
    MessageState,
    MessageTemplate,
)
from zhiyin.channels.services import send_due

pytestmark = pytest.mark.django_db

BASE = "/settings/channels/"
MAIL = {
    "name": "调研邮箱",
    "sender": "survey@huaxing.example",
    "sender_name": "华星通信",
    "price": "0",
    "currency": "cny",
    "rate_per_second": "20",
    "setting_host": "mail.huaxing.example",
    "setting_port": "587",
    "setting_security": "starttls",
    "setting_user": "survey",
    "setting_password": "hunter2-secret",
}


@pytest.fixture
def manager(person_with: Callable[..., Person]) -> Person:
    return person_with(Role.CX_MANAGER, language="en")


@pytest.fixture
def staff(manager: Person, client_of: Callable[[Person], Client]) -> Client:
    return client_of(manager)


def actions() -> set[str]:
    return set(AuditEntry.objects.values_list("action", flat=True))


def test_a_sender_is_added_and_its_secret_never_comes_back(staff: Client):
    assert staff.get(BASE).status_code == 200
    assert "SMPP" in staff.get(f"{BASE}new/").content.decode()

    answer = staff.post(f"{BASE}new/?kind=email", MAIL)

    account = ChannelAccount.objects.get()
    assert answer["Location"] == f"{BASE}{account.pk}/"
    assert (account.currency, account.settings["port"]) == ("CNY", "587")
    assert account.secrets() == {"password": "hunter2-secret"}
    assert b"hunter2-secret" not in bytes(account.secrets_encrypted)
    page = staff.get(f"{BASE}{account.pk}/").content.decode()
    assert "hunter2" not in page
    assert "A secret is saved" in page
    staff.post(f"{BASE}{account.pk}/", MAIL | {"setting_password": "", "name": "新名"})
    account.refresh_from_db()
    assert account.name == "新名"
    assert account.secrets() == {"password": "hunter2-secret"}
    assert {"channel.created", "channel.changed"} <= actions()
    assert "hunter2" not in str(list(AuditEntry.objects.values()))


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("sender", "no-address", "name@company"),
        ("sender_name", "a\nBcc: b@c.example", "one line"),
        ("setting_port", "99999", "65535"),
        ("setting_security", "none", "only over STARTTLS"),
        ("currency", "C1Y", "three letters"),
        ("price", "-1", "0"),
        ("rate_per_second", "0", "1"),
        ("setting_ca_certificate", "x", "PEM"),
    ],
)
def test_what_is_wrong_with_a_sender_is_said(
    field: str, value: str, told: str, staff: Client
):
    page = staff.post(f"{BASE}new/?kind=email", MAIL | {field: value})

    assert page.status_code == 200
    assert told in page.content.decode()
    assert not ChannelAccount.objects.exists()


def test_a_cloud_says_where_it_must_call_back(staff: Client, cloud_account):
    account = cloud_account("aliyun")

    page = staff.get(f"{BASE}{account.pk}/").content.decode()

    assert f"/api/v1/channels/callbacks/{account.public_id}?key=" in page


def test_a_test_message_goes_the_way_of_all_others(
    staff: Client,
    log_account: ChannelAccount,
):
    answer = staff.post(
        f"{BASE}{log_account.pk}/test/",
        {"to": "13800138000", "language": "en"},
    )

    message = Message.objects.get()
    assert answer["Location"] == f"{BASE}messages/{message.pk}/"
    shown = staff.get(answer["Location"]).content.decode()
    assert "138****8000" in shown
    assert "13800138000" not in shown
    send_due()
    message.refresh_from_db()
    assert message.state == MessageState.SENT
    assert "channel.tested" in actions()
    wrong = staff.post(
        f"{BASE}{log_account.pk}/test/", {"to": "a\nb", "language": "en"}
    )
    assert wrong.status_code == 200
    assert Message.objects.count() == 1


def test_a_sender_is_switched_off_and_on_and_deleted_after_a_question(
    staff: Client,
    log_account: ChannelAccount,
):
    path = f"{BASE}{log_account.pk}/"

    for wanted in ("0", "1"):
        staff.post(f"{path}enable/", {"enabled": wanted})
        log_account.refresh_from_db()
        assert log_account.is_enabled is (wanted == "1")
    assert "Delete log?" in staff.get(f"{path}delete/").content.decode()
    assert ChannelAccount.objects.exists()
    staff.post(f"{path}delete/")
    assert not ChannelAccount.objects.exists()
    assert {"channel.disabled", "channel.enabled", "channel.deleted"} <= actions()


TEMPLATE = {
    "name": "装维后短信",
    "code": "visit",
    "medium": "sms",
    "message_class": "survey",
    "body_zh-hans": "您好，请为本次服务打分：{link} 退订回T",
}


def test_a_template_is_written_previewed_and_archived(staff: Client, cloud_account):
    account = cloud_account("aliyun")
    account.signature, account.price = "华星", "0.05"
    account.save()

    staff.post(f"{BASE}templates/new/", TEMPLATE)

    template = MessageTemplate.objects.get()
    assert template.slots == ["link"]
    shown = staff.post(
        f"{BASE}templates/preview/",
        {"template": template.pk, "account": account.pk, "body_en": "好" * 68},
    ).content.decode()
    assert "【华星】" in shown
    assert "72 characters" in shown
    assert "2 segments (UCS-2)" in shown
    assert "0.1000 CNY" in shown
    assert "Refused" in shown
    assert "how to refuse further" in shown
    staff.post(f"{BASE}templates/{template.pk}/archive/", {"archived": "1"})
    template.refresh_from_db()
    assert template.is_archived
    link = f'href="{BASE}templates/{template.pk}/"'
    assert link not in staff.get(f"{BASE}templates/").content.decode()
    assert link in staff.get(f"{BASE}templates/?archived=1").content.decode()
    assert {"template.created", "template.archived"} <= actions()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"body_zh-hans": ""}, "one language"),
        ({"body_zh-hans": "{Link}"}, "{Link}"),
        ({"body_zh-hans": "{link"}, "A slot is written"),
        ({"medium": "email"}, "needs a subject"),
        ({"body_zh-hans": "请打10分：{link} 退订回T"}, "which score to give"),
        ({"body_zh-hans": "您好，请打分：{link}"}, "how to refuse further"),
    ],
)
def test_what_is_wrong_with_a_template_is_said(
    change: dict[str, str], told: str, staff: Client
):
    page = staff.post(f"{BASE}templates/new/", TEMPLATE | change)

    assert told in page.content.decode()
    assert not MessageTemplate.objects.exists()


def test_messages_are_found_by_the_whole_address_and_by_filters(
    staff: Client,
    log_account: ChannelAccount,
):
    queued(log_account, to="13800138000", subject="one")
    queued(log_account, to="13900139000", subject="two", message_class="service")

    def found(query: str) -> list[str]:
        page = staff.get(f"{BASE}messages/?{query}").content.decode()
        return [name for name in ("138****8000", "139****9000") if name in page]

    assert found("") == ["138****8000", "139****9000"]
    assert found("q=138 0013 8000") == ["138****8000"]
    assert found("q=0013") == []
    assert found("q=two") == ["139****9000"]
    assert found("message_class=service&state=queued") == ["139****9000"]
    assert found("state=sent") == []
    assert found(f"account={log_account.pk}&state=nonsense&account=x") != ["x"]


def test_a_receiver_is_shown_for_a_reason_that_is_recorded(
    staff: Client,
    client_of: Callable[[Person], Client],
    person_with: Callable[..., Person],
    log_account: ChannelAccount,
):
    message = queued(log_account, to="13800138000", body="secret link")
    path = f"{BASE}messages/{message.pk}/reveal/"

    assert "13800138000" not in staff.post(path, {"reason": "x"}).content.decode()
    shown = staff.post(path, {"reason": "she asked us"})

    assert "13800138000" in shown.content.decode()
    assert "secret link" in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    entry = AuditEntry.objects.get(action="message.revealed")
    assert entry.reason == "she asked us"
    administrator = client_of(person_with(Role.SYS_ADMIN))
    assert administrator.get(f"{BASE}messages/{message.pk}/").status_code == 200
    assert administrator.post(path, {"reason": "curious"}).status_code == 403


def test_health_shows_what_waits_and_uncertain_messages_are_decided(
    staff: Client,
    log_account: ChannelAccount,
):
    first, second = queued(log_account), queued(log_account)
    queued(log_account)
    for message in (first, second):
        row = Message.objects.filter(pk=message.pk)
        row.update(state=MessageState.UNCERTAIN, sent_at=timezone.now())

    page = staff.get(f"{BASE}health/").content.decode()
    assert "Uncertain messages" in page
    for message, decision in ((first, "arrived"), (second, "again")):
        path = f"{BASE}messages/{message.pk}/{decision}/"
        assert path in page
        staff.get(path)
        message.refresh_from_db()
        assert message.state == MessageState.UNCERTAIN, "a look changes nothing"
        staff.post(path)
        message.refresh_from_db()
    assert (first.state, second.state) == (MessageState.SENT, MessageState.QUEUED)
    assert {"message.confirmed", "message.sent_again"} <= actions()
    staff.post(f"{BASE}messages/{second.pk}/cancel/")
    second.refresh_from_db()
    assert second.state == MessageState.CANCELLED


def test_programs_read_messages_page_by_page(
    manager: Person,
    log_account: ChannelAccount,
):
    for number in range(5):
        queued(log_account, to="13800138000", key=f"k{number}")
    secret = create_api_token(person=manager, name="t").secret
    client = Client(headers={"Authorization": f"Bearer {secret}"})

    seen, query = [], "limit=2"
    while True:
        page = client.get(f"/api/v1/channels/messages?{query}").json()
        seen += [item["key"] for item in page["items"]]
        assert {item["receiver"] for item in page["items"]} == {"138****8000"}
        if page["next"] is None:
            break
        query = f"limit=2&before={page['next']}"

    assert seen == ["k4", "k3", "k2", "k1", "k0"]
    assert client.get("/api/v1/channels/messages?state=odd").status_code == 422
    found = client.get("/api/v1/channels/messages?search=%00").status_code
    assert found == 200


def test_programs_hand_over_returned_mail(
    manager: Person,
    mail_account: ChannelAccount,
):
    message = queued(mail_account)
    send_due()
    secret = create_api_token(person=manager, name="t").secret
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    raw = (
        f"From: wang@kunden.example\r\nIn-Reply-To: <{message.reference.hex}@x>\r\n"
        "Message-ID: <r@kunden.example>\r\n\r\n10"
    )

    answer = client.post(
        f"/api/v1/channels/{mail_account.pk}/returned-mail",
        data=raw,
        content_type="message/rfc822",
    )

    assert answer.json() == {"events": 1}
    assert InboundMessage.objects.get().text == "10"
