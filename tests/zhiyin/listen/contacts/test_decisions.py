"""Decisions in the database, replay, and the pages that explain them."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.zhiyin.listen.contacts.conftest import START, Clock
from zhiyin.accounts.models import AuditEntry, Organisation, Person, Role
from zhiyin.listen.contacts.models import ContactDecision, ContactPolicy
from zhiyin.listen.contacts.queries import Rules, policy_in_force, replay
from zhiyin.listen.contacts.services import (
    Purpose,
    decide_contacts,
    lift_suppression,
    note_answer,
    save_policy,
    suppress_customer,
)
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.services import get_or_create_customers, withdraw_customer
from zhiyin.listen.programs.models import SurveyLink, Touchpoint
from zhiyin.listen.programs.services import create_link
from zhiyin.listen.surveys.services import create_standard_instrument

pytestmark = pytest.mark.django_db
HALL = Purpose(stream="transactional", programme="TP_HALL", channel="sms")
WAVE = Purpose(stream="relationship", programme="wave-1", channel="email")


@pytest.fixture
def link(organisation: Organisation) -> SurveyLink:
    instrument = create_standard_instrument(organisation=organisation)
    return create_link(organisation=organisation, instrument=instrument, name="官网")


def rules_of(found: dict[int, ContactDecision]) -> Counter[str]:
    return Counter(one.rule for one in found.values())


def test_a_customer_named_twice_is_judged_once(
    organisation: Organisation, customers: list[int], time: Clock
):
    twice = [*customers[:3], *customers[:3]]
    made = decide_contacts(organisation=organisation, customers=twice, purpose=HALL)
    assert rules_of(made) == {"": 3}
    time.pass_days(1)
    again = decide_contacts(organisation=organisation, customers=twice, purpose=HALL)
    assert rules_of(again) == {"own_clock": 3}
    assert ContactDecision.objects.count() == 6
    later = next(iter(again.values())).not_before
    assert later == START + dt.timedelta(30)


def test_opting_out_and_suppression_hold_until_they_are_lifted(
    organisation: Organisation, customers: list[int], time: Clock
):
    gone, left, free = Customer.objects.filter(pk__in=customers[:3]).order_by("pk")
    withdraw_customer(customer=gone)
    held = suppress_customer(customer=left, reason="open_case")
    ids = [gone.pk, left.pk, free.pk]
    made = decide_contacts(organisation=organisation, customers=ids, purpose=HALL)
    assert [made[one].rule for one in ids] == ["opted_out", "suppressed", ""]
    time.pass_days(1)
    lift_suppression(suppression=held)
    made = decide_contacts(organisation=organisation, customers=[left.pk], purpose=HALL)
    assert rules_of(made) == {"": 1}


def test_replay_under_the_rules_in_force_is_what_happened_live(
    organisation: Organisation, customers: list[int], time: Clock
):
    save_policy(
        organisation=organisation,
        rules=Rules(after_answered_days=12, after_ignored_days=40, global_days=2),
    )
    chance = random.Random(7)  # noqa: S311
    purposes = (HALL, WAVE, replace(HALL, programme="TP_COMPLAINT"))
    for _day in range(80):
        time.pass_days(chance.uniform(0.2, 6))
        purpose = replace(
            chance.choice(purposes),
            sends_now=False,
            expires_at=time.now + dt.timedelta(3),
        )
        wanted = chance.sample(customers, 9)
        made = decide_contacts(
            organisation=organisation, customers=wanted, purpose=purpose
        )
        for customer, decision in made.items():
            if not decision.rule and chance.random() < 0.4:
                answered = time.now + dt.timedelta(hours=1)
                note_answer(
                    customer_id=customer, programme=purpose.programme, at=answered
                )
        time.pass_days(0.01)
        if chance.random() < 0.1:
            one = Customer.objects.get(pk=chance.choice(customers))
            suppress_customer(
                customer=one, reason="outage", ends_at=time.now + dt.timedelta(2)
            )
    log = Counter(ContactDecision.objects.values_list("rule", flat=True))
    assert len(log) > 5
    in_force = Rules.of(policy_in_force(organisation).rules)
    found = replay(organisation, in_force)
    assert {rule: was for rule, was, _would in found.rows} == log
    assert {rule: would for rule, _was, would in found.rows} == log
    harder = replay(organisation, replace(in_force, transactional_days=60))
    assert harder.asked[1] < harder.asked[0]
    assert sum(would for _rule, _was, would in harder.rows) == found.wishes


def test_the_same_rules_make_no_new_version_and_a_change_is_recorded(
    organisation: Organisation,
):
    first = save_policy(organisation=organisation, rules=Rules(global_days=3))
    assert save_policy(organisation=organisation, rules=Rules(global_days=3)) == first
    second = save_policy(organisation=organisation, rules=Rules(global_days=5))
    assert (first.version, second.version) == (1, 2)
    entry = AuditEntry.objects.filter(action="contact_policy.changed").first()
    assert entry.detail["changed"]["global_days"] == [3, 5]


@pytest.fixture
def client(
    person_with: Callable[..., Person], client_of: Callable[[Person], Client]
) -> Client:
    return client_of(person_with(Role.CX_MANAGER))


def test_the_frame_is_those_asked_plus_those_not_asked_by_reason(
    client: Client, link: SurveyLink, organisation: Organisation
):
    keys = [f"1390013{number:04d}" for number in range(12)]
    ids = get_or_create_customers(organisation=organisation, keys=keys)
    withdraw_customer(customer=Customer.objects.get(pk=ids[keys[0]]))
    send = {"pasted": "\n".join(keys[:8]), "language": "", "days": "7"}
    address = reverse("link-people", args=[link.pk])
    client.post(address, send)
    sheet = client.post(address, send | {"pasted": "\n".join(keys)}).content.decode()
    rows = list(csv.DictReader(io.StringIO(sheet.lstrip("\ufeff"))))
    assert len(rows) == len(keys)
    whys = Counter(row["not_asked_because"] for row in rows)
    assert whys == {"": 4, "不久前问过同类问题": 7, "客户不愿被询问": 1}
    assert all(bool(row["link"]) != bool(row["not_asked_because"]) for row in rows)

    html = client.get("/listen/contacts/").content.decode()
    for words in ("已询问 11", "不久前问过同类问题 7", "客户不愿被询问 2"):
        assert words in html
    found = client.post("/listen/contacts/", {"key": keys[1]}, follow=True)
    html = found.content.decode()
    assert "已询问 1" in html
    assert "不久前问过同类问题 1" in html
    assert keys[1] not in html
    nobody = client.post("/listen/contacts/", {"key": "no such"}, follow=True)
    assert "没有此标识的客户" in nobody.content.decode()
    narrowed = client.post("/listen/contacts/export/?rule=own_clock")
    assert len(b"".join(narrowed).decode().splitlines()) == 8
    assert AuditEntry.objects.filter(action="contacts.exported").exists()


@pytest.mark.requirement("R002-18")
def test_a_wave_keeps_occasions_away_and_occasions_a_wave(
    client: Client, link: SurveyLink, organisation: Organisation, time: Clock
):
    hall = Touchpoint.objects.create(
        organisation=organisation, code="TP_HALL", name="营业厅"
    )
    occasion = create_link(
        organisation=organisation, instrument=link.instrument, name="营业厅",
        stream="transactional", touchpoint=hall,
    )  # fmt: skip

    def ask(what: SurveyLink, key: str) -> str:
        send = {"pasted": key, "language": "", "days": "7"}
        address = reverse("link-people", args=[what.pk])
        sheet = client.post(address, send).content.decode().lstrip("\ufeff")
        return next(csv.DictReader(io.StringIO(sheet)))["not_asked_because"]

    assert ask(link, "13900130001") == ""
    assert ask(occasion, "13900130002") == ""
    time.pass_days(6)
    assert ask(occasion, "13900130001") == "此前刚在一轮调研中问过"
    assert ask(link, "13900130002") == "此前刚问过触点"
    time.pass_days(2)
    assert ask(occasion, "13900130001") == ""


def policy_form(**more: Any) -> dict[str, Any]:
    rules = Rules().to_dict()
    listed = {"own_days": "TP_COMPLAINT 7", "channel_caps": "sms 10", "holidays": ""}
    listed |= {"tiers": "", "suppressing_events": ""}
    return {**rules, **listed, **more}


def test_rules_are_tried_on_the_past_before_they_hold(
    client: Client, organisation: Organisation, customers: list[int], time: Clock
):
    decide_contacts(organisation=organisation, customers=customers, purpose=WAVE)
    decide_contacts(organisation=organisation, customers=customers, purpose=WAVE)
    page = reverse("contact-policy")
    tried = client.post(page, policy_form(relationship_days=0, **{"try": "1"}))
    html = tried.content.decode()
    assert "若按这些规则" in html
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", html)
    assert cells[:4] == ["已询问", "30", "60", "+30"]
    assert not ContactPolicy.objects.exists()
    client.post(page, policy_form(relationship_days=90, holidays="2027-02-06\n"))
    saved = ContactPolicy.objects.get()
    assert saved.rules["relationship_days"] == 90
    assert saved.rules["holidays"] == ["2027-02-06"]
    assert saved.rules["own_days"] == {"TP_COMPLAINT": 7}


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("own_days", "TP_COMPLAINT", "需要名称和数字"),
        ("own_days", "TP_COMPLAINT -1", "必须以0到730"),
        ("channel_caps", "sms many", "必须以0到"),
        ("holidays", "2027-02-30", "不是 2027-02-06 这样的日期"),
        ("quiet_from", "08:00", "必须晚于开始时间"),
        ("tiers", "gold 3", "需要一个等级和两个数字"),
        ("suppressing_events", "outage.started 24", "需要两个事件"),
        ("suppressing_events", "outage.started - 24 rain", "不是可用的原因"),
    ],
)
def test_rules_that_make_no_sense_are_refused_by_name(
    client: Client, field: str, value: str, words: str
):
    answer = client.post(reverse("contact-policy"), policy_form(**{field: value}))
    assert words in answer.content.decode()
    assert not ContactPolicy.objects.exists()


def test_a_customer_is_left_alone_and_asked_again_from_the_page(
    client: Client, organisation: Organisation
):
    get_or_create_customers(organisation=organisation, keys=["13800138000"])
    page = reverse("suppressions")
    wrong = client.post(page, {"key": "13900000000", "reason": "dispute"})
    assert "没有此标识的客户" in wrong.content.decode()
    client.post(page, {"key": "13800138000", "reason": "dispute", "note": "来信"})
    html = client.get(page).content.decode()
    assert "争议中" in html
    assert "13800138000" not in html
    held = Customer.objects.get().suppressions.get()
    client.post(reverse("suppression-lift", args=[held.pk]))
    assert "已结束" in client.get(page).content.decode()


def test_a_whole_list_is_left_alone_and_the_same_again_adds_nobody(
    client: Client, organisation: Organisation
):
    known = get_or_create_customers(organisation=organisation, keys=["13800138000"])
    page = reverse("suppressions")

    def send(text: str) -> str:
        file = SimpleUploadedFile("谢绝来电.csv", text.encode("gb18030"))
        data = {"list": "1", "many-file": file, "many-reason": "listed"}
        return client.post(page, data, follow=True).content.decode()

    shown = send("号码,来源\n138 0013 8000,工信部\n13900139000,工信部\n\n" + "9" * 300)
    assert "从现在起不再打扰：2 人" in shown
    assert "有 1 条" in shown
    assert "13900139000" not in shown
    customers = Customer.objects.filter(suppressions__reason="listed")
    assert customers.count() == 2
    assert set(known.values()) < set(customers.values_list("pk", flat=True))
    assert "此前已不打扰：2 人" in send("13800138000\n13900139000\n")
    assert customers.count() == 2
    assert AuditEntry.objects.filter(action="suppression.listed").count() == 2


def test_earlier_rules_can_be_seen_and_put_in_force_again(
    client: Client, organisation: Organisation
):
    page = reverse("contact-policy")
    client.post(page, policy_form(relationship_days=90, tiers="gold 3 60"))
    client.post(page, policy_form(relationship_days=120))
    shown = client.get(page, {"version": 1})
    assert "这是" in shown.content.decode()
    assert shown.context["form"]["relationship_days"].value() == "90"
    assert shown.context["form"]["tiers"].value() == "gold 3 60"
    client.post(f"{page}?version=1", policy_form(relationship_days=90))
    now = policy_in_force(organisation)
    assert (now.version, now.rules["relationship_days"]) == (3, 90)


def test_the_log_goes_out_as_a_file_with_masked_customers(
    client: Client, organisation: Organisation, customers: list[int], time: Clock
):
    decide_contacts(organisation=organisation, customers=customers, purpose=WAVE)
    decide_contacts(organisation=organisation, customers=customers, purpose=WAVE)
    answer = client.post(f"{reverse('contacts-export')}?rule=own_clock")
    sheet = b"".join(answer).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(sheet)))
    assert len(rows) == 30
    assert {row["rule"] for row in rows} == {"own_clock"}
    assert all("****" in row["customer"] for row in rows)
    entry = AuditEntry.objects.get(action="contacts.exported")
    assert entry.detail["rows"] == 30
