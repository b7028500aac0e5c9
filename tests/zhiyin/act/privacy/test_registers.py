"""The registers the law asks for: assessments, processors, incidents; and the law."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.zhiyin.act.privacy.conftest import Clock
from zhiyin.accounts.models import ExportRecord, Organisation, Person, Role
from zhiyin.act.privacy.models import (
    Assessment,
    AssessmentState,
    Incident,
    Processor,
    SubjectRequest,
)
from zhiyin.common.numbers import pack_numbers
from zhiyin.listen.customers.services import get_or_create_customer

TEXT = "外呼回访受托方需要手机号才能致电。"


@pytest.fixture
def officer(person_with: Callable[..., Person], client_of: Any) -> Client:
    client: Client = client_of(person_with(Role.PRIVACY_OFFICER))
    return client


def ground(organisation: Organisation, **given: Any) -> Assessment:
    return Assessment.objects.create(
        organisation=organisation,
        title="外呼",
        kind="entrusting",
        written_at=dt.datetime(2024, 2, 29, tzinfo=dt.UTC),
        review_on=dt.date(2026, 6, 1),
        **given,
    )


def test_a_processor_gets_data_only_on_a_ground_that_holds(
    organisation: Organisation, officer: Client, moving_clock: Clock
) -> None:
    draft = ground(organisation)
    given = {
        "name": "外呼公司",
        "role": "entrusted",
        "purpose": TEXT,
        "data": "手机号",
        "place": "杭州",
        "is_active": "on",
        "contract": "HT-1",
        "contract_until": "2026-12-31",
        "assessment": draft.pk,
    }
    officer.post("/act/privacy/processors/new/", given)
    assert not Processor.objects.exists()
    Assessment.objects.update(state=AssessmentState.APPROVED)
    officer.post("/act/privacy/processors/new/", given)
    made = Processor.objects.get()
    assert (made.is_active, made.is_lapsed) == (True, False)
    assert draft.kept_until == dt.date(2027, 2, 28)
    moving_clock.pass_by(days=120)
    assert Processor.objects.get().is_lapsed
    officer.post(f"/act/privacy/assessments/{draft.pk}/decide/", {"withdraw": "1"})
    assert not Processor.objects.get().is_active


@pytest.fixture
def incident(
    organisation: Organisation, officer: Client, moving_clock: Clock
) -> Incident:
    officer.post(
        "/act/privacy/incidents/new/",
        {
            "title": "名单误发",
            "what": "名单发到了错误的邮箱。",
            "data": "手机号",
            "harm": "骚扰电话",
            "found_at": "2026-03-10T09:00",
        },
    )
    return Incident.objects.get()


def test_an_incident_finds_whom_it_concerns_and_closes_once_they_were_told(
    organisation: Organisation, officer: Client, incident: Incident
) -> None:
    assert incident.authority_due_at - incident.found_at == dt.timedelta(hours=24)
    people = [
        get_or_create_customer(organisation=organisation, key=f"K-{n}")
        for n in range(3)
    ]
    count, packed = pack_numbers(each.pk for each in people[:2])
    export = ExportRecord.objects.create(
        organisation=organisation,
        at=incident.found_at,
        by=Person.objects.get(),
        kind="customer.listed",
        content="clear",
        rows=2,
        customers=count,
        customers_packed=packed,
    )
    one = f"/act/privacy/incidents/{incident.pk}/"
    officer.post(f"{one}count/", {"exports": [export.pk]})
    incident.refresh_from_db()
    assert incident.persons == len(people[:2])
    officer.post(f"{one}count/", {"audience": "consumer"})
    incident.refresh_from_db()
    assert incident.persons == len(people)
    listed = officer.get(f"{one}persons/")
    text = b"".join(listed.streaming_content).decode("utf-8-sig")
    assert text.splitlines()[0]
    officer.post(f"{one}step/", {"step": "closed", "text": "处理完毕"})
    incident.refresh_from_db()
    assert not incident.is_closed
    for step in ("authority", "persons", "closed"):
        officer.post(f"{one}step/", {"step": step, "text": "已电话告知"})
    incident.refresh_from_db()
    assert incident.is_closed
    assert "已电话告知" in officer.get(one).content.decode()


@pytest.mark.parametrize(
    ("code", "kind", "due"),
    [
        ("CN", "copy", dt.date(2026, 3, 25)),
        ("HK", "copy", dt.date(2026, 4, 19)),
        ("TW", "copy", dt.date(2026, 3, 25)),
        ("TW", "delete", dt.date(2026, 4, 9)),
        ("EU", "delete", dt.date(2026, 4, 10)),
    ],
)
def test_the_law_in_force_sets_the_clock_of_the_desk(
    officer: Client, moving_clock: Clock, code: str, kind: str, due: dt.date
) -> None:
    page = officer.get(f"/act/privacy/law/{code}/").context["form"]
    given = {name: page[name].value() or "" for name in page.fields}
    officer.post(f"/act/privacy/law/{code}/", given | {"puts_in_force": "on"})
    officer.post("/act/privacy/new/", {"kind": kind, "way": "phone", "key": "K-1"})
    assert SubjectRequest.objects.get().due_at.date() == due
