"""What holds for every call: scopes, limits, keys, one shape of fault."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from zhiyin.accounts.models import IdempotentCall, Role
from zhiyin.common import clock

pytestmark = pytest.mark.django_db

PROBLEM = "application/problem+json"


def test_a_token_reaches_no_more_than_its_scopes(caller: Callable[..., Any]):
    call = caller(scopes=["metrics:read"])

    assert call("GET", "/me").status_code == 200
    assert call("GET", "/metrics").status_code == 200
    refused = call("GET", "/responses")
    assert (refused.status_code, refused["Content-Type"]) == (403, PROBLEM)
    assert "responses:read" in refused.json()["detail"]


def test_a_scope_gives_nothing_that_its_person_may_not(caller: Callable[..., Any]):
    call = caller(Role.EXECUTIVE, scopes=["responses:read"])

    assert call("GET", "/responses").status_code == 403


def test_reading_is_not_writing(caller: Callable[..., Any]):
    call = caller(scopes=["responses:read"])

    assert call("GET", "/responses").status_code == 200
    assert call("POST", "/responses", {"link": "x", "score": 1}).status_code == 403


def test_too_many_calls_are_told_when_to_come_back(
    caller: Callable[..., Any],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
):
    settings.API_CALLS_PER_MINUTE = 2
    moment = dt.datetime(2026, 5, 3, 9, 0, 15, tzinfo=dt.UTC)
    monkeypatch.setattr(clock, "now", lambda: moment)
    call = caller()

    codes = [call("GET", "/me").status_code for _ in range(3)]
    refused = call("GET", "/me")
    moment += dt.timedelta(seconds=int(refused["Retry-After"]))

    assert codes == [200, 200, 429]
    assert refused["Content-Type"] == PROBLEM
    assert call("GET", "/me").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing-here", 404), ("DELETE", "/me", 405)],
)
def test_what_the_framework_answers_is_a_problem_too(
    caller: Callable[..., Any],
    method: str,
    path: str,
    status: int,
):
    answer = caller()(method, path)

    assert (answer.status_code, answer["Content-Type"]) == (status, PROBLEM)
    assert answer.json()["status"] == status


def test_a_faulty_call_leaves_its_key_free(caller: Callable[..., Any]):
    call = caller()

    faulty = call("POST", "/responses", {"link": "nosuch", "score": 9}, key="k")
    again = call("POST", "/responses", {"link": "other", "score": 9}, key="k")

    assert (faulty.status_code, again.status_code) == (422, 422)
    assert "other" in again.json()["detail"]
    assert not IdempotentCall.objects.exists()


def test_an_overlong_key_is_refused(caller: Callable[..., Any]):
    answer = caller()("POST", "/responses", {"link": "x", "score": 9}, key="k" * 201)

    assert (answer.status_code, answer["Content-Type"]) == (422, PROBLEM)
