"""Sensitive fields: off until assessed and agreed to, and shown for a reason only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.zhiyin.act.privacy.conftest import Clock
from tests.zhiyin.listen.imports.test_tables import start, upload
from zhiyin.accounts.models import AuditEntry, Organisation, Person, Role
from zhiyin.act.privacy.models import Assessment
from zhiyin.common import worker
from zhiyin.listen.customers.models import AttributeField, CustomerEvent
from zhiyin.listen.customers.queries import known_of
from zhiyin.listen.customers.services import (
    Proof,
    get_or_create_customer,
    record_consent,
)
from zhiyin.listen.programs.queries.facts import facts_offered
from zhiyin.listen.programs.services import create_link
from zhiyin.listen.surveys.services import create_standard_instrument

FILE = """客户编号,套餐,信仰,性格,性别,圈子规模,网内占比
C-1,畅享,佛教,开朗,女,12,0.8
C-2,尊享,道教,内向,男,5,0.4
"""
WHY = "按客户要求避开宗教节日联系"


@pytest.fixture
def officer(person_with: Callable[..., Person], client_of: Any, home: Path) -> Client:
    client: Client = client_of(person_with(Role.PRIVACY_OFFICER))
    return client


@pytest.fixture
def second(person_with: Callable[..., Person], client_of: Any) -> Client:
    client: Client = client_of(person_with(Role.PRIVACY_OFFICER))
    return client


@pytest.fixture
def manager(person_with: Callable[..., Person], client_of: Any, home: Path) -> Client:
    client: Client = client_of(person_with(Role.CX_MANAGER))
    return client


def assess(officer: Client, second: Client, review_on: str) -> Assessment:
    text = "只用于避免在宗教节日打扰客户。"
    given = {"title": "信仰字段", "kind": "sensitive", "purpose": text}
    given |= {"necessity": text, "risks": text, "measures": text}
    officer.post("/act/privacy/assessments/new/", given | {"review_on": review_on})
    made = Assessment.objects.latest("pk")
    address = f"/act/privacy/assessments/{made.pk}/decide/"
    officer.post(address)
    made.refresh_from_db()
    assert made.state == "draft", "nobody approves their own"
    second.post(address)
    made.refresh_from_db()
    return made


def turn_on(officer: Client, field: AttributeField, ground: Assessment) -> bool:
    officer.post(
        f"/act/privacy/fields/{field.pk}/",
        {
            "what": "allow",
            "purpose": WHY,
            "necessity": "没有别的数据能说明这一点。",
            "consent_purpose": "sensitive",
            "assessment": ground.pk,
        },
    )
    field.refresh_from_db()
    return field.is_in_use


def belief_of(organisation: Organisation) -> AttributeField:
    return AttributeField.objects.of(organisation).get(topic="belief")


@pytest.mark.requirement("R004-28")
def test_each_field_gets_a_class_and_what_is_off_is_not_kept_anywhere(
    organisation: Organisation, manager: Client, home: Path
) -> None:
    batch = start(manager, upload(manager, "customers", FILE))
    assert batch.status == "done"
    page = manager.get(f"/listen/imports/{batch.pk}/").content.decode()
    assert "信仰" in page
    assert "性格" in page
    classes = dict(AttributeField.objects.values_list("label", "sensitivity"))
    assert classes == {
        "套餐": "ordinary",
        "性别": "personal",
        "圈子规模": "personal",
        "网内占比": "personal",
    }
    kept = [path.read_bytes() for path in (home / "files").rglob("*.parquet")]
    assert kept
    assert not any("佛教".encode() in each or "开朗".encode() in each for each in kept)
    found = str(list(batch.files.values_list("found", flat=True)))
    assert "佛教" not in found


@pytest.mark.requirement("R004-28")
def test_belief_is_kept_under_an_assessment_for_who_agreed_and_shown_for_a_reason(
    organisation: Organisation,
    officer: Client,
    second: Client,
    manager: Client,
    moving_clock: Clock,
) -> None:
    start(manager, upload(manager, "customers", FILE))
    officer.post("/act/privacy/fields/", {"label": "信仰", "question": "faith"})
    belief = belief_of(organisation)
    assert not belief.is_in_use
    draft = Assessment.objects.create(
        organisation=organisation,
        title="x",
        kind="sensitive",
        review_on=dt.date(2026, 12, 1),
        written_at=moving_clock.at,
    )
    assert not turn_on(officer, belief, draft)
    ground = assess(officer, second, "2026-12-01")
    assert turn_on(officer, belief, ground)
    one = get_or_create_customer(organisation=organisation, key="C-1")
    record_consent(
        customer=one, purpose="sensitive", state="granted", proof=Proof(source="柜台")
    )
    batch = start(
        manager,
        upload(manager, "customers", FILE.replace("12,", "13,")),
        **{"date": "2026-03-09", "role-2": "operational"},
    )
    assert batch.tally["missing"]["信仰"] == {"no_separate_consent": 1}
    page = manager.get(f"/listen/customers/{one.pk}/").content.decode()
    assert "信仰" in page
    assert "佛教" not in page
    address = f"/listen/customers/{one.pk}/field/{belief.code}/reveal/"
    assert "佛教" not in manager.post(address, {"reason": ""}).content.decode()
    shown = manager.post(address, {"reason": "客户来电核对"}).content.decode()
    assert "佛教" in shown
    assert AuditEntry.objects.filter(action="field.revealed").count() == 1
    other = get_or_create_customer(organisation=organisation, key="C-2")
    assert "信仰" not in manager.get(f"/listen/customers/{other.pk}/").content.decode()
    named = {fact.name for fact in facts_offered(organisation, None)}
    assert f"field.{belief.code}" not in named
    assert belief.code not in known_of([one.pk])[one.pk]
    moving_clock.pass_by(days=300)
    belief.refresh_from_db()
    assert not belief.is_in_use
    assert "信仰" not in manager.get(f"/listen/customers/{one.pk}/").content.decode()


@pytest.mark.requirement("R004-28")
@pytest.mark.requirement("R004-31")
def test_events_lose_what_is_off_and_say_so(
    organisation: Organisation, manager: Client
) -> None:
    given = {
        "customer": "C-1",
        "kind": "hall_visit",
        "key": "e1",
        "occurred_at": "2026-03-01T10:00:00+08:00",
        "attributes": {"belief": "x", "called_number": "13800138000", "minutes": 5},
    }
    answer = manager.post(
        "/api/v1/events", {"events": [given]}, content_type="application/json"
    ).json()
    assert answer["new"] == 1
    left_out = {each["attribute"]: each["reason"] for each in answer["left_out"]}
    assert set(left_out) == {"belief", "called_number"}
    assert all(left_out.values())
    assert CustomerEvent.objects.get().attributes == {"minutes": 5}


@pytest.mark.requirement("R004-31")
def test_call_records_are_refused_and_a_circle_is_counts_on_the_page(
    organisation: Organisation, manager: Client
) -> None:
    calls = "客户编号,对端号码,通话开始时间\nC-1,13900139000,2026-03-01 10:00\n"
    batch = upload(manager, "customers", calls)
    assert start(manager, batch).status == "mapping"
    page = manager.get(f"/listen/imports/{batch.pk}/columns/").content.decode()
    assert "13900139000" not in page
    start(manager, upload(manager, "customers", FILE))
    one = get_or_create_customer(organisation=organisation, key="C-1")
    shown = manager.get(f"/listen/customers/{one.pk}/").content.decode()
    assert "圈子规模" in shown
    named = {fact.label for fact in facts_offered(organisation, None)}
    assert {"圈子规模", "网内占比"} <= named


@pytest.mark.requirement("R004-28")
def test_character_comes_only_from_the_answer_of_who_agreed(
    organisation: Organisation, officer: Client, manager: Client
) -> None:
    instrument = create_standard_instrument(organisation=organisation)
    link = create_link(organisation=organisation, instrument=instrument, name="官网")
    officer.post("/act/privacy/fields/", {"label": "性格", "question": "why_promoter"})
    for key in ("A-1", "A-2"):
        manager.post(
            "/api/v1/responses",
            {
                "link": link.slug,
                "customer": key,
                "score": 9,
                "answers": {"why_promoter": {"text": f"开朗{key}"}},
            },
            content_type="application/json",
        )
    agreed = get_or_create_customer(organisation=organisation, key="A-1")
    record_consent(
        customer=agreed,
        purpose="profiling",
        state="granted",
        proof=Proof(source="问卷"),
    )
    worker.drain()
    silent = get_or_create_customer(organisation=organisation, key="A-2")
    pages = [
        manager.get(f"/listen/customers/{each.pk}/").content.decode()
        for each in (agreed, silent)
    ]
    assert ["性格" in page for page in pages] == [True, False]
