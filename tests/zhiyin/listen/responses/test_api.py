"""Responses through the API, called with a token."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from zhiyin.accounts.models import IdempotentCall, Person, Role
from zhiyin.accounts.services import create_api_token
from zhiyin.common import clock
from zhiyin.listen.customers.models import AttributeField
from zhiyin.listen.programs.models import SurveyLink
from zhiyin.listen.responses.models import Response

ADDRESS = "/api/v1/responses"
Call = Callable[..., Any]


@pytest.fixture
def token(person_with: Callable[..., Person]) -> str:
    person = person_with(Role.RESEARCHER)
    return create_api_token(person=person, name="feed").secret


@pytest.fixture
def send(token: str, link: SurveyLink) -> Call:
    def call(key: str = "", **payload: Any) -> Any:
        headers = {"authorization": f"Bearer {token}"}
        if key:
            headers["idempotency-key"] = key
        return Client().post(
            ADDRESS,
            json.dumps({"link": link.slug, "score": 9} | payload),
            content_type="application/json",
            headers=headers,
        )

    return call


@pytest.fixture
def read(token: str) -> Call:
    def call(query: str = "") -> Any:
        headers = {"authorization": f"Bearer {token}"}
        return Client().get(ADDRESS + query, headers=headers)

    return call


def test_answer_is_saved_with_customer_comment_and_attributes(send: Call) -> None:
    answered = send(
        score=3,
        comment="信号差",
        customer="138 0013 8000",
        attributes={"城市": "成都", "ARPU": 58.5},
        responded_at="2026-05-03T09:00:00+08:00",
    )
    assert answered.status_code == 201
    body = answered.json()
    assert (body["score"], body["given_class"]) == (3, "detractor")
    assert body["customer"] == "138****8000"
    response = Response.objects.get()
    assert response.responded_at.isoformat() == "2026-05-03T01:00:00+00:00"
    assert response.comment == "信号差"
    kinds = dict(AttributeField.objects.values_list("label", "kind"))
    assert kinds == {"城市": "category", "ARPU": "number"}


def test_same_idempotency_key_adds_nothing(send: Call) -> None:
    first, second = send("call-77", score=9), send("call-77", score=9)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] == second.json()["id"]
    assert second["Idempotent-Replayed"] == "true"
    other = send("call-77", score=2)
    assert (other.status_code, other["Content-Type"]) == (
        422,
        "application/problem+json",
    )
    # The answer itself is known by its key for ever, not only for a day.
    IdempotentCall.objects.all().delete()
    late = send("call-77", score=9)
    assert (late.status_code, late.json()["id"]) == (200, first.json()["id"])
    assert Response.objects.get().answers.get(is_primary=True).score == 9


@pytest.mark.parametrize(
    "wrong",
    [
        {"score": 11},
        {"link": "nosuch"},
        {"comment": "x" * 5001},
        {"responded_at": "2026-05-03T09:00:00"},
        {"responded_at": "2099-01-01T00:00:00Z"},
        {"customer": " " * 3 + "x" * 250},
        {"attributes": {"a": float("nan")}},
        {"score": None},
    ],
)
def test_wrong_input_is_a_problem_document_and_saves_nothing(
    send: Call,
    wrong: dict[str, Any],
) -> None:
    answered = send(**wrong)
    assert answered.status_code in {400, 422}
    assert answered["Content-Type"] == "application/problem+json"
    assert not Response.objects.exists()


def test_answers_are_read_page_by_page(send: Call, read: Call) -> None:
    for score in (0, 5, 10):
        send(score=score)
    first = read("?limit=2").json()
    second = read(f"?limit=2&before={first['next'].replace('+', '%2B')}").json()
    scores = [item["score"] for item in first["items"] + second["items"]]
    assert scores == [10, 5, 0]
    assert second["next"] == ""
    promoters = read("?given_class=promoter").json()["items"]
    assert [item["score"] for item in promoters] == [10]


def test_what_changed_since_is_read_in_order_and_a_change_comes_again(
    send: Call, read: Call, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    noon = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)

    def let_it_be(minute: int) -> None:
        moment = noon + dt.timedelta(minutes=minute)
        monkeypatch.setattr(clock, "now", lambda: moment)

    def changed(**more: str) -> Any:
        query = urlencode({"updated_since": "2026-05-04T20:01:00+08:00"} | more)
        return read(f"?{query}").json()

    ids = []
    for minute, score in enumerate((0, 5, 10, 7)):
        let_it_be(minute)
        ids.append(send(score=score).json()["id"])
    assert ids[3] not in [each["id"] for each in changed()["items"]]
    let_it_be(4)
    first = changed(limit="2")
    assert [each["id"] for each in first["items"]] == ids[1:3]
    let_it_be(5)
    Client().patch(
        f"{ADDRESS}/{ids[1]}",
        json.dumps({"score": 2}),
        content_type="application/json",
        headers={"authorization": f"Bearer {token}"},
    )
    Response.objects.filter(pk=ids[0]).update(excluded="test")
    let_it_be(6)
    rest = changed(after=first["next"])
    told = [(each["id"], each["score"], each["excluded"]) for each in rest["items"]]
    assert told == [(ids[3], 7, ""), (ids[0], 0, "test"), (ids[1], 2, "")]
    assert rest["next"] == ""
    assert rest["items"][-1]["updated_at"] == "2026-05-04T12:05:00Z"
    assert read("?updated_since=2026-05-04T20:01:00").status_code == 422


def test_what_a_program_has_already_is_not_sent_again(send: Call, token: str) -> None:
    address = f"{ADDRESS}/{send(score=9).json()['id']}"
    headers = {"Authorization": f"Bearer {token}"}
    first = Client().get(address, headers=headers)
    has_it = headers | {"If-None-Match": first["ETag"]}
    again = Client().get(address, headers=has_it)
    assert (again.status_code, again.content) == (304, b"")
    Response.objects.update(comment="改了")
    assert Client().get(address, headers=has_it).status_code == 200


def test_without_a_token_nothing_is_read_or_saved(link: SurveyLink) -> None:
    assert Client().get(ADDRESS).status_code == 401
    sent = json.dumps({"link": link.slug, "score": 9})
    answered = Client().post(ADDRESS, sent, content_type="application/json")
    assert answered.status_code == 401
    assert not Response.objects.exists()


def test_role_that_may_not_import_may_not_send(
    link: SurveyLink,
    person_with: Callable[..., Person],
) -> None:
    token = create_api_token(person=person_with(Role.EXECUTIVE), name="x").secret
    answered = Client().post(
        ADDRESS,
        json.dumps({"link": link.slug, "score": 9}),
        content_type="application/json",
        headers={"authorization": f"Bearer {token}"},
    )
    assert answered.status_code == 403


def test_link_of_another_organisation_does_not_exist(
    link: SurveyLink,
    other_organisation: Any,
    person_with: Callable[..., Person],
) -> None:
    stranger = person_with(Role.RESEARCHER, organisation=other_organisation)
    token = create_api_token(person=stranger, name="x").secret
    answered = Client().post(
        ADDRESS,
        json.dumps({"link": link.slug, "score": 9}),
        content_type="application/json",
        headers={"authorization": f"Bearer {token}"},
    )
    assert answered.status_code == 422
    assert not Response.objects.exists()
