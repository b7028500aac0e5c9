"""Answers, invitations and questionnaires through the API, called with a token."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from zhiyin.accounts.models import Department, Organisation, Role
from zhiyin.accounts.services import add_department
from zhiyin.listen.programs.models import FrameState, Programme, SurveyLink
from zhiyin.listen.programs.services import create_link
from zhiyin.listen.responses.models import Response
from zhiyin.listen.surveys.models import Instrument
from zhiyin.listen.surveys.services import create_standard_instrument

pytestmark = pytest.mark.django_db

Caller = Callable[..., Any]


@pytest.fixture
def questionnaire(organisation: Organisation) -> Instrument:
    return create_standard_instrument(organisation=organisation)


@pytest.fixture
def link(organisation: Organisation, questionnaire: Instrument) -> SurveyLink:
    return create_link(organisation=organisation, instrument=questionnaire, name="官网")


@pytest.fixture
def call(caller: Callable[..., Caller]) -> Caller:
    return caller()


def hand_over(call: Caller, link: SurveyLink, **more: Any) -> Any:
    return call("POST", "/responses", {"link": link.slug, "score": 3, **more})


def test_an_answer_is_read_and_changed_and_checked_against_its_wording(
    call: Caller,
    link: SurveyLink,
):
    made = hand_over(call, link, comment="信号差", customer="13800138000").json()
    address = f"/responses/{made['id']}"

    read = call("GET", address).json()
    changed = call("PATCH", address, {"score": 9, "comment": "=好多了"})
    refused = call("PATCH", address, {"score": 11})
    unknown = call("PATCH", address, {"answers": {"NOSUCH": {"text": "x"}}})

    assert (read["score"], read["customer"]) == (3, "138****8000")
    assert {one["item"] for one in read["answers"]} >= {"nps"}
    assert (changed.json()["score"], changed.json()["comment"]) == (9, "=好多了")
    assert changed.json()["given_class"] == "promoter"
    assert (refused.status_code, unknown.status_code) == (422, 422)
    assert "NOSUCH" in unknown.json()["detail"]
    assert call("GET", "/responses/999999").status_code == 404


def test_further_answers_come_along_or_nothing_is_saved(
    call: Caller,
    link: SurveyLink,
    questionnaire: Instrument,
):
    survey = call("GET", f"/surveys/{questionnaire.code}").json()
    choice = next(one for one in survey["items"] if "options" in one["texts"]["en"])
    code = choice["texts"]["en"]["options"][0][0]

    good = hand_over(call, link, answers={choice["code"]: {"choices": [code]}})
    bad = hand_over(call, link, answers={choice["code"]: {"choices": ["nosuch"]}})

    assert (good.status_code, bad.status_code) == (201, 422)
    assert Response.objects.count() == 1
    read = call("GET", f"/responses/{good.json()['id']}").json()
    assert {"item": choice["code"], "kind": choice["kind"], "choices": [code]} in (
        read["answers"]
    )


def test_the_link_header_leads_through_all_pages(call: Caller, link: SurveyLink):
    made = [hand_over(call, link, score=score).json()["id"] for score in (1, 2, 3)]
    seen, address = [], "/responses?limit=1"
    while address:
        page = call("GET", address)
        seen += [one["id"] for one in page.json()["items"]]
        address = page.get("Link", "").partition(">")[0].lstrip("<")

    assert seen == made[::-1]


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_the_export_says_what_the_list_says_within_the_caller_s_departments(
    caller: Callable[..., Caller],
    call: Caller,
    link: SurveyLink,
    organisation: Organisation,
    form: str,
):
    east = add_department(organisation=organisation, code="east", name="东区")
    ids = [hand_over(call, link, comment="=1+1").json()["id"] for _ in range(2)]
    Response.objects.filter(pk=ids[0]).update(department=Department.objects.get())
    local = caller(Role.ANALYST, department=east)

    texts = [
        b"".join(one("GET", f"/responses/export?form={form}").streaming_content)
        for one in (call, local)
    ]
    if form == "csv":
        rows = [
            list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))
            for text in texts
        ]
        assert {row["comment"] for row in rows[0]} == {"'=1+1"}
        assert {row["score"] for row in rows[0]} == {"3.0"}
    else:
        rows = [[json.loads(line) for line in text.splitlines()] for text in texts]
        main = rows[0][0]["answers"][0]
        assert (main["item"], main["score"]) == ("nps", 3)
    assert [int(row["id"]) for row in rows[0]] == ids
    assert [int(row["id"]) for row in rows[1]] == ids[:1]
    assert caller(Role.AGENT)("GET", "/responses/export").status_code == 403


def test_a_customer_is_invited_once_per_occasion_listed_and_withdrawn(
    call: Caller,
    organisation: Organisation,
    questionnaire: Instrument,
):
    Programme.objects.create(
        organisation=organisation,
        code="repair",
        name="修障",
        stream="transactional",
        trigger="event",
        instrument=questionnaire,
    )
    wish = {
        "programme": "repair",
        "customer": "138 0013 8000",
        "key": "order-7",
        "attributes": {"城市": "成都"},
    }

    made, again = (call("POST", "/invitations", wish) for _ in range(2))
    listed = call("GET", "/invitations?programme=repair&state=waiting").json()
    number = made.json()["id"]
    gone = call("POST", f"/invitations/{number}/withdraw")

    assert (made.status_code, again.status_code) == (201, 200)
    assert again.json()["id"] == number
    assert made.json()["customer"] == "138****8000"
    assert [one["id"] for one in listed["items"]] == [number]
    assert gone.json()["state"] == FrameState.CANCELLED
    assert call("GET", f"/invitations/{number}").json()["reason"] == "withdrawn"
    assert [one["code"] for one in call("GET", "/programmes").json()] == ["repair"]
    unknown = call("POST", "/invitations", wish | {"programme": "nosuch"})
    assert unknown.status_code == 422
