"""Nobody comes in who should not: every address, every role, every stranger."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from pytest_django.fixtures import Settings

from tests.zhiyin.strangers import (
    SECRET,
    names_in_use,
    registered,
    same_route,
    unregistered,
)
from zhiyin.accounts.models import (
    PERMISSIONS,
    Organisation,
    Permission,
    Person,
    Role,
)
from zhiyin.accounts.services import add_person
from zhiyin.site import urls as site_urls

pytestmark = pytest.mark.django_db

ADDRESSES = registered()
BEHIND_LOGIN = [name for name, each in ADDRESSES.items() if not each.public]
WITH_OBJECT = [
    name
    for name in BEHIND_LOGIN
    if ADDRESSES[name].kwargs and not ADDRESSES[name].is_own
]
WITHOUT_OBJECT = [name for name in BEHIND_LOGIN if name not in WITH_OBJECT]
GUARDED = [name for name in BEHIND_LOGIN if ADDRESSES[name].permissions]

CLOSED = {401, 403, 404, 405}
WRONG_METHOD = 405


@pytest.fixture
def stranger(other_organisation: Organisation) -> Client:
    """Somebody of another organisation who holds every role there is."""
    person = add_person(
        organisation=other_organisation,
        email="stranger@beichen.example",
        name="陌生人",
        roles=list(Role),
    )
    client = Client(raise_request_exception=True)
    client.force_login(person)
    return client


def person_with_only(role: Role, organisation: Organisation) -> Person:
    return add_person(
        organisation=organisation,
        email=f"{role}@walk.example",
        name=str(role),
        roles=[role],
    )


def body_of(response: HttpResponse) -> str:
    if response.streaming:
        content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    else:
        content = response.content
    return content.decode("utf-8", errors="replace")


def leads_to_login(response: HttpResponse) -> bool:
    return response.status_code == 302 and "/account/" in response["Location"]


def test_every_address_is_registered():
    missing = unregistered()

    assert not missing, (
        "addresses nobody registered; add them to an `addresses.py` in the tests of "
        f"their app (see tests/zhiyin/strangers.py): {', '.join(missing)}"
    )


def test_no_registered_address_is_gone():
    gone = [name for name in ADDRESSES if name not in names_in_use()]

    assert not gone


@pytest.mark.parametrize("name", BEHIND_LOGIN)
def test_who_is_not_logged_in_stays_outside(name: str, organisation: Organisation):
    path = ADDRESSES[name].path(organisation)

    client = Client()
    for response in (client.get(path), client.post(path)):
        assert leads_to_login(response) or response.status_code in CLOSED
        assert SECRET not in body_of(response)


@pytest.mark.parametrize("name", WITH_OBJECT)
def test_a_stranger_finds_nothing_of_another_organisation(
    name: str,
    organisation: Organisation,
    stranger: Client,
):
    path = ADDRESSES[name].path(organisation)

    for response in (stranger.get(path), stranger.post(path)):
        assert response.status_code in CLOSED, response.status_code
        assert SECRET not in body_of(response)


def test_a_stranger_reads_nothing_of_another_organisation(
    organisation: Organisation,
    stranger: Client,
):
    for each in ADDRESSES.values():
        each.path(organisation)

    for name in WITHOUT_OBJECT:
        path = ADDRESSES[name].path(organisation)
        for response in (stranger.get(path), stranger.post(path)):
            assert response.status_code < 500, name
            assert SECRET not in body_of(response), name


def test_somebody_of_the_organisation_does_read_it(
    organisation: Organisation,
    client_of: Callable[[Person], Client],
):
    """Without this, a walk over empty pages would prove nothing."""
    for each in ADDRESSES.values():
        each.path(organisation)
    insider = add_person(
        organisation=organisation,
        email="insider@walk.example",
        name="insider",
        roles=list(Role),
    )

    client = client_of(insider)

    for name in ("people", "departments", "invitations", "audit"):
        assert SECRET in body_of(client.get(ADDRESSES[name].path(organisation))), name


@pytest.mark.parametrize("name", GUARDED)
def test_only_the_permission_opens_an_address(
    name: str,
    organisation: Organisation,
    monkeypatch: pytest.MonkeyPatch,
):
    """Which role holds which permission is a table, tested in `test_roles`."""
    address = ADDRESSES[name]
    path = address.path(organisation)
    needed = frozenset(address.permissions)
    besides = frozenset({address.besides} if address.besides else ())
    at_route = same_route(name)
    others = {each for one in at_route for each in one.permissions}
    methods = ("get", "post", "patch") if len(at_route) > 1 else ("get", "post")
    client = Client()
    client.force_login(person_with_only(Role.AGENT, organisation))

    def answers_with(held: frozenset[Permission]) -> set[int]:
        monkeypatch.setitem(PERMISSIONS, Role.AGENT, held)
        return {getattr(client, method)(path).status_code for method in methods}

    everything = frozenset(Permission)
    for missing in filter(None, (needed, besides)):
        assert 403 in answers_with(everything - missing), missing
        assert answers_with(everything - missing - others) <= {403, WRONG_METHOD}
    for one in needed:
        # Other methods of the same route may need what is not held here.
        is_open = answers_with(besides | {one}) - {WRONG_METHOD} != {403}
        assert is_open, one


def test_a_person_without_any_role_reaches_only_her_own_pages(
    organisation: Organisation,
    person_with: Callable[..., Person],
):
    person = add_person(
        organisation=organisation,
        email="new@walk.example",
        name="new",
    )
    client = Client()
    client.force_login(person)

    for name in GUARDED:
        path = ADDRESSES[name].path(organisation)
        answers = {client.get(path).status_code, client.post(path).status_code}
        assert 403 in answers, name
        assert answers <= {403, WRONG_METHOD}, name


def test_the_walk_notices_an_address_that_nobody_registered(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
):
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    before = unregistered()
    grown = ModuleType("grown_urls")
    grown.urlpatterns = [  # type: ignore[attr-defined]
        *site_urls.urlpatterns,
        path("brand-new/", view, name="brand-new"),
        path("nameless/", view),
    ]
    monkeypatch.setitem(sys.modules, "grown_urls", grown)
    settings.ROOT_URLCONF = "grown_urls"

    assert set(unregistered()) - set(before) == {"brand-new", "(unnamed) nameless/"}
