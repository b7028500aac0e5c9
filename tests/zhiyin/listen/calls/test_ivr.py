"""A call centre tells what callers pressed, and a person sees what became of it."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

import pytest
from django.test import Client

from zhiyin.accounts.models import Department, Organisation, Role
from zhiyin.channels.webhook import signed_headers
from zhiyin.common import clock
from zhiyin.listen.calls.models import IvrCall, IvrSource
from zhiyin.listen.customers.models import ContactKind, Customer
from zhiyin.listen.customers.services import get_or_create_customer, save_contact_point
from zhiyin.listen.programs.models import Stream, SurveyLink, Touchpoint
from zhiyin.listen.programs.services import create_link, set_link_open
from zhiyin.listen.responses.models import Response
from zhiyin.listen.surveys.services import create_standard_instrument


@pytest.fixture
def link(organisation: Organisation) -> SurveyLink:
    hotline = Touchpoint.objects.create(
        organisation=organisation, code="TP_HOTLINE", name="客服热线"
    )
    return create_link(
        organisation=organisation,
        instrument=create_standard_instrument(
            organisation=organisation, standard="nps-transactional"
        ),
        name="热线",
        stream=Stream.TRANSACTIONAL,
        touchpoint=hotline,
    )


@pytest.fixture
def office(client_of: Any, person_with: Any) -> Client:
    made: Client = client_of(person_with(Role.CX_MANAGER))
    return made


class CallCentre:
    """The other side: it signs with the secret that the page showed it once."""

    def __init__(self, address: str, secret: str) -> None:
        self.address, self.secret = address, secret

    def sends(self, body: bytes, *, secret: str = "", late: int = 0) -> Any:
        stamp = int(clock.now().timestamp()) - late
        headers = signed_headers([secret or self.secret], "call", stamp, body)
        return Client(enforce_csrf_checks=True).post(
            self.address, body, content_type="application/json", headers=headers
        )

    def tells(self, **payload: Any) -> dict[str, str]:
        answer = self.sends(json.dumps(payload).encode())
        assert answer.status_code == 200
        told: dict[str, str] = answer.json()
        return told


def _shown(page: Any, field: str) -> str:
    found = re.search(rf'id="{field}" value="([^"]+)"', page.content.decode())
    assert found is not None
    return found[1]


@pytest.fixture
def centre(office: Client, link: SurveyLink, organisation: Organisation) -> CallCentre:
    """Made as a person makes one: through the page."""
    root = Department.objects.create(organisation=organisation, code="HQ", name="总部")
    Department.objects.create(
        organisation=organisation, code="HOTLINE", name="热线", parent=root
    )
    filled = {
        "name": "10086 呼叫中心",
        "link": link.pk,
        "caller_field": "caller",
        "agent_field": "agent",
        "department_field": "queue",
        "named": "6500 = HOTLINE",
        "is_enabled": "on",
    }
    page = office.post("/listen/ivr/new/", filled)
    address = _shown(page, "address").removeprefix("http://testserver")
    return CallCentre(address, _shown(page, "secret"))


def test_a_pressed_star_is_a_ten_of_a_known_customer_at_the_agents_department(
    centre: CallCentre, organisation: Organisation
) -> None:
    customer = get_or_create_customer(organisation=organisation, key="A-1001")
    save_contact_point(customer=customer, kind=ContactKind.PHONE, address="13800138000")
    told = {
        "call_id": "c-1",
        "key": "*",
        "caller": "+86 138-0013-8000",
        "agent": "工号7",
        "queue": "6500",
        "answered_at": "2026-05-03T09:00:00+08:00",
    }
    assert centre.tells(**told)["outcome"] == "answered"
    assert centre.tells(**told)["outcome"] == "repeated"
    response = Response.objects.get()
    assert response.answers.get().score == 10
    assert response.customer == customer
    assert response.department is not None
    assert response.department.code == "HOTLINE"
    assert (response.channel, response.employee) == ("ivr", "工号7")
    assert response.touchpoint == "TP_HOTLINE"
    assert response.responded_at == dt.datetime(2026, 5, 3, 1, tzinfo=dt.UTC)


def test_a_telephone_systems_own_form_is_read_too(centre: CallCentre) -> None:
    told = {"action": "satisfaction", "surveyresult": "2", "callid": 17, "sn": "A9"}
    assert centre.tells(**told)["outcome"] == "answered"
    # The same number of a call at another site is another call.
    assert centre.tells(**{**told, "sn": "B1"})["outcome"] == "answered"
    assert centre.tells(action="hangup", callid=18)["outcome"] == "ignored"
    assert IvrCall.objects.count() == 2
    assert {each.answers.get().score for each in Response.objects.all()} == {2}


def test_what_gives_no_answer_is_kept_with_its_reason_and_may_come_again(
    centre: CallCentre, office: Client, link: SurveyLink
) -> None:
    refused = {
        "no_key": centre.tells(call_id="a"),
        "not_a_key": centre.tells(call_id="b", key="#"),
        "no_call_id": centre.tells(key="3"),
        "bad_time": centre.tells(call_id="c", key="3", answered_at="0001-01-01"),
        "unreadable": centre.sends(b'["\\ud800"').json(),
    }
    set_link_open(link=link, is_open=False)
    refused["closed"] = centre.tells(call_id="d", key="3")
    set_link_open(link=link, is_open=True)
    assert {name: each["reason"] for name, each in refused.items()} == {
        name: name for name in refused
    }
    assert not Response.objects.exists()
    assert centre.tells(call_id="b", key=9)["outcome"] == "repeated"
    assert Response.objects.get().answers.get().score == 9
    source = IvrSource.objects.get()
    page = office.get(f"/listen/ivr/{source.pk}/?rejected=1").content.decode()
    assert "没有按键" in page
    assert "链接不收集答卷" in page
    assert page.count("<tr>") == 1 + 5
    assert source.name in office.get("/listen/ivr/").content.decode()


def test_a_key_off_the_questions_scale_is_no_answer(
    centre: CallCentre, link: SurveyLink, organisation: Organisation
) -> None:
    csat = create_standard_instrument(organisation=organisation, standard="csat5")
    SurveyLink.objects.filter(pk=link.pk).update(instrument=csat)
    assert centre.tells(call_id="a", key="*")["reason"] == "off_scale"
    assert centre.tells(call_id="b", key="5")["outcome"] == "answered"


def test_numbers_that_name_nobody_or_several_are_said_so(
    centre: CallCentre, organisation: Organisation
) -> None:
    for key in ("A-1", "A-2"):
        customer = get_or_create_customer(organisation=organisation, key=key)
        save_contact_point(
            customer=customer, kind=ContactKind.PHONE, address="62345678"
        )
    centre.tells(call_id="a", key=1, caller="6234 5678", queue="nowhere")
    centre.tells(call_id="b", key=1, caller="anonymous")
    centre.tells(call_id="c", key=1, caller="13900139000")
    notes = dict(IvrCall.objects.values_list("call_id", "notes"))
    assert notes["a"] == ["unknown_department", "several_customers"]
    assert notes["b"] == ["not_a_number"]
    assert notes["c"] == []
    named = Response.objects.exclude(customer=None).get()
    assert named.customer is not None
    assert named.customer.key_masked == "139****9000"
    assert Customer.objects.count() == 3


def test_only_who_holds_the_secret_is_heard_and_only_in_time(
    centre: CallCentre, office: Client
) -> None:
    body = json.dumps({"call_id": "a", "key": "3"}).encode()
    source = IvrSource.objects.get()
    other = "whsec_" + "A" * 44
    assert centre.sends(body, secret=other).status_code == 401
    assert centre.sends(body, late=301).status_code == 401
    assert centre.sends(body, late=-301).status_code == 401
    assert Client().post(centre.address, body, "application/json").status_code == 401
    assert centre.sends(b" " * 70_000).status_code == 413
    assert not IvrCall.objects.exists()
    page = office.get(f"/listen/ivr/{source.pk}/").content.decode()
    assert "签名或时间不对" in page
    renewed = _shown(office.post(f"/listen/ivr/{source.pk}/secret/"), "secret")
    # For a day both count; then only the new one.
    assert centre.sends(body).status_code == 200
    assert centre.sends(body, secret=renewed).json()["outcome"] == "repeated"
    IvrSource.objects.update(previous_secret_until=clock.now())
    assert centre.sends(body).status_code == 401
    IvrSource.objects.update(is_enabled=False)
    assert centre.sends(body, secret=renewed).status_code == 404


def test_a_source_says_what_is_wrong_with_its_form_and_goes_without_its_answers(
    centre: CallCentre,
    office: Client,
    link: SurveyLink,
) -> None:
    centre.tells(call_id="a", key="3")
    source = IvrSource.objects.get()
    where = f"/listen/ivr/{source.pk}/"
    page = office.post(
        f"{where}edit/", {"name": "x", "link": link.pk, "named": "6500 = NOWHERE"}
    )
    assert "NOWHERE" in page.content.decode()
    assert "6500 = HOTLINE" in office.get(f"{where}edit/").content.decode()
    office.get(f"{where}delete/")
    assert IvrSource.objects.exists()
    office.post(f"{where}delete/")
    assert not IvrSource.objects.exists()
    assert Response.objects.count() == 1
