"""Customers, events and consent through the API."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable

import pytest
from django.test import Client

from zhiyin.accounts.models import Organisation, Person, Role
from zhiyin.accounts.services import add_department, create_api_token
from zhiyin.common import clock, worker
from zhiyin.listen.customers.models import (
    ConsentEntry,
    ContactPoint,
    Customer,
    CustomerEvent,
)

PersonMaker = Callable[..., Person]


class Caller:
    """A program with a token."""

    def __init__(self, person: Person) -> None:
        secret = create_api_token(person=person, name="crm").secret
        self._client = Client(headers={"authorization": f"Bearer {secret}"})

    def post(self, path: str, body: object) -> tuple[int, dict]:
        answer = self._client.post(
            f"/api/v1{path}", json.dumps(body), content_type="application/json"
        )
        return answer.status_code, answer.json()

    def get(self, path: str, **query: object) -> tuple[int, dict]:
        answer = self._client.get(f"/api/v1{path}", query)
        return answer.status_code, answer.json()

    def delete(self, path: str) -> int:
        return self._client.delete(f"/api/v1{path}").status_code


@pytest.fixture
def caller(person_with: PersonMaker) -> Caller:
    return Caller(person_with(Role.CX_MANAGER))


def test_customers_are_made_completed_and_read_masked(
    organisation: Organisation, caller: Caller
) -> None:
    add_department(organisation=organisation, code="h1", name="厅")
    given = [
        {"key": "13800138000", "audience": "dealer", "department": "h1"},
        {"key": "C-2", "phone": "+86 139 0013 9000", "email": "li@mail.example"},
        {"key": " "},
        {"key": "C-3", "audience": "martian"},
        {"key": "C-4", "phone": "abc"},
    ]
    status, done = caller.post("/customers", {"customers": given})
    assert status == 200
    assert (done["new"], done["known"]) == (2, 0)
    assert [each["place"] for each in done["rejected"]] == [2, 3, 4]
    assert [each["key"] for each in done["rejected"]] == ["key", "audience", "phone"]
    status, again = caller.post(
        "/customers",
        {"customers": [{"key": "138-0013-8000", "language": "EN", "is_test": True}]},
    )
    assert (again["new"], again["known"], again["ids"]) == (0, 1, done["ids"][:1])
    customer = Customer.objects.get(pk=done["ids"][0])
    assert (customer.audience, customer.language, customer.is_test) == (
        "dealer",
        "en",
        True,
    )
    _status, page = caller.get("/customers", limit=1)
    assert [each["id"] for each in page["items"]] == [done["ids"][1]]
    _status, rest = caller.get("/customers", limit=1, before=page["next"])
    assert rest["items"][0]["customer"] == "138****8000"
    assert (rest["items"][0]["department"], rest["next"]) == ("h1", None)
    _status, found = caller.get("/customers", key="13800138000")
    assert [each["id"] for each in found["items"]] == [customer.pk]
    _status, one = caller.get(f"/customers/{done['ids'][1]}")
    assert [each["address"] for each in one["contact_points"]] == [
        "l***@mail.example",
        "139****9000",
    ]
    assert ContactPoint.objects.count() == 2


def test_events_are_accepted_once_and_the_rest_explained(
    organisation: Organisation, caller: Caller
) -> None:
    event = {
        "customer": "13800138000",
        "kind": "hall_visit",
        "key": "crm-1",
        "occurred_at": clock.now().isoformat(),
        "attributes": {"minutes": 12, "hall": "西湖"},
    }
    late = event | {
        "key": "crm-2",
        "occurred_at": (clock.now() + dt.timedelta(days=3)).isoformat(),
    }
    status, done = caller.post("/events", {"events": [event, late]})
    assert status == 202
    assert (done["new"], done["known"]) == (1, 0)
    assert [(each["place"], each["key"]) for each in done["rejected"]] == [(1, "crm-2")]
    status, again = caller.post("/events", {"events": [event]})
    assert (again["new"], again["known"]) == (0, 1)
    assert CustomerEvent.objects.get().attributes == {"minutes": 12, "hall": "西湖"}
    assert caller.post("/events", {"events": [event] * 1001})[0] == 422
    assert caller.post("/events", {"events": [event | {"occurred_at": 1e30}]})[0] == 422


def test_consent_is_told_and_holds(caller: Caller) -> None:
    line = {"customer": "13800138000", "purpose": "marketing", "state": "granted"}
    status, made = caller.post("/consents", line | {"evidence": "form 12"})
    assert status == 201
    assert ConsentEntry.objects.get().evidence == "form 12"
    caller.post("/consents", line | {"purpose": "survey", "state": "withdrawn"})
    _status, one = caller.get(f"/customers/{made['customer_id']}")
    assert one["consent"]["marketing"] == "granted"
    assert one["consent"]["survey"] == "withdrawn"
    assert one["opted_out_at"] is not None
    assert caller.post("/consents", line | {"customer": " "})[0] == 422


def test_erased_customer_stays_erased_when_told_again(
    organisation: Organisation, caller: Caller, person_with: PersonMaker
) -> None:
    officer = Caller(person_with(Role.PRIVACY_OFFICER))
    _status, done = caller.post("/customers", {"customers": [{"key": "C-1"}]})
    (pk,) = done["ids"]
    assert caller.delete(f"/customers/{pk}") == 403
    assert officer.delete(f"/customers/{pk}") == 202
    worker.drain()
    assert officer.delete(f"/customers/{pk}") == 404
    _status, again = caller.post(
        "/customers", {"customers": [{"key": "C-1", "phone": "13800138000"}]}
    )
    assert again["ids"] == [None]
    assert len(again["rejected"]) == 1
    assert not ContactPoint.objects.exists()


def test_roles_and_organisations_keep_their_customers(
    other_organisation: Organisation, caller: Caller, person_with: PersonMaker
) -> None:
    _status, done = caller.post("/customers", {"customers": [{"key": "C-1"}]})
    stranger = Caller(person_with(organisation=other_organisation))
    assert stranger.get(f"/customers/{done['ids'][0]}")[0] == 404
    assert stranger.get("/customers")[1]["items"] == []
    agent = Caller(person_with(Role.AGENT))
    assert agent.post("/customers", {"customers": [{"key": "C-2"}]})[0] == 403
    assert agent.post("/events", {"events": []})[0] == 403
    assert Caller(person_with(Role.EXECUTIVE)).get("/customers")[0] == 403
