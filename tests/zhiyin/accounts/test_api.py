"""The API's door: tokens, sessions, errors of one shape, a page of its own."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from zhiyin.accounts.api import TokenOrSession
from zhiyin.accounts.models import AuditEntry, Organisation, Person, Role
from zhiyin.accounts.services import (
    Grant,
    add_department,
    create_api_token,
    deactivate_person,
    give_role,
    revoke_api_token,
)
from zhiyin.site.api import api

pytestmark = pytest.mark.django_db

ME = "/api/v1/me"
ClientMaker = Callable[[Person], Client]
PersonMaker = Callable[..., Person]


def call(secret: str, path: str = ME, scheme: str = "Bearer"):
    return Client().get(path, headers={"authorization": f"{scheme} {secret}"})


def test_a_token_says_who_it_is_and_what_it_may(
    organisation: Organisation,
    person_with: PersonMaker,
):
    person = person_with(Role.EXECUTIVE)
    hall = add_department(organisation=organisation, code="h", name="厅")
    give_role(person=person, grant=Grant(Role.AGENT, hall))

    body = call(create_api_token(person=person, name="notebook").secret).json()

    assert body["email"] == person.email
    assert body["organisation_code"] == "huaxing"
    assert [each["role"] for each in body["roles"]] == ["agent", "executive"]
    assert body["roles"][0]["department"]["code"] == "h"
    assert body["roles"][1]["department"] is None
    assert body["permissions"] == [
        "reveal_personal_data",
        "see_cases",
        "see_customers",
        "see_responses",
        "see_scores",
        "work_cases",
    ]


def test_a_session_opens_the_api_as_well(
    person_with: PersonMaker,
    client_of: ClientMaker,
):
    person = person_with()

    assert client_of(person).get(ME).json()["email"] == person.email


@pytest.mark.parametrize("secret", ["", "zy_wrong", "x" * 5000, "zy_é"])
def test_a_wrong_token_is_answered_with_a_problem(secret: str):
    answer = call(secret)

    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer.json()["status"] == 401


def test_a_wrong_token_is_not_rescued_by_a_session(
    person_with: PersonMaker,
    client_of: ClientMaker,
):
    client = client_of(person_with())

    answer = client.get(ME, headers={"authorization": "Bearer zy_wrong"})

    assert answer.status_code == 401


def test_only_bearer_tokens_are_understood(person_with: PersonMaker):
    secret = create_api_token(person=person_with(), name="n").secret

    assert call(secret, scheme="bearer").status_code == 200
    assert call(secret, scheme="Basic").status_code == 401


def test_revoked_tokens_and_deactivated_people_stay_outside(person_with: PersonMaker):
    person = person_with(Role.ANALYST)
    revoked = create_api_token(person=person, name="old")
    kept = create_api_token(person=person, name="new")
    revoke_api_token(token=revoked.token)

    assert call(revoked.secret).status_code == 401
    assert call(kept.secret).status_code == 200

    deactivate_person(person=person)
    assert call(kept.secret).status_code == 401


def test_a_session_that_writes_must_show_the_csrf_token(person_with: PersonMaker):
    client = Client(enforce_csrf_checks=True)
    client.force_login(person_with())
    request = client.post(ME).wsgi_request
    request.user = person_with()

    from ninja.errors import HttpError

    with pytest.raises(HttpError, match="CSRF"):
        TokenOrSession()(request)


def test_a_token_that_writes_needs_no_csrf_token_and_names_the_actor(
    person_with: PersonMaker,
    settings: object,
):
    from django.test import RequestFactory

    from zhiyin.accounts.middleware import AuditMiddleware

    person = person_with()
    secret = create_api_token(person=person, name="n").secret
    request = RequestFactory(headers={"authorization": f"Bearer {secret}"}).post(ME)
    from django.contrib.auth.models import AnonymousUser
    from django.http import HttpResponse

    request.user = AnonymousUser()
    request.resolver_match = None

    def write(request):
        assert TokenOrSession()(request) == person
        return HttpResponse()

    AuditMiddleware(write)(request)

    entry = AuditEntry.objects.get(action="page.submitted")
    assert entry.actor == person


def test_an_unknown_address_below_the_api_is_not_found():
    assert Client().get("/api/v1/nothing-here").status_code == 404


def test_the_description_names_every_operation_and_its_door():
    described = Client().get("/api/v1/openapi.json").json()

    assert "/api/v1/me" in described["paths"]
    schemes = described["components"]["securitySchemes"]
    assert [each["scheme"] for each in schemes.values()] == ["bearer"]
    open_to_all = set()
    for path, methods in described["paths"].items():
        for operation in methods.values():
            assert operation["summary"]
            if not operation.get("security"):
                open_to_all.add(path)
    # A provider proves itself by its signature, or by the key in the address.
    assert open_to_all == {"/api/v1/channels/callbacks/{public_id}"}


def test_the_reference_page_loads_nothing_from_elsewhere(
    person_with: PersonMaker,
    client_of: ClientMaker,
):
    page = client_of(person_with()).get("/api/").content.decode()

    assert "/api/v1/me" in page
    loaded = re.findall(r"""(?:src|href|action)=["']([^"']+)["']""", page)
    assert loaded
    assert [each for each in loaded if "//" in each] == []
    assert api.docs_url is None
