"""Nobody comes in who should not: every address, every role, every stranger."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from types import ModuleType

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from pytest_django.fixtures import Settings

from tests.zhiyin.strangers import (
    SECRET,
    Address,
    names_in_use,
    registered,
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
DENIED = 403
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

    # A call whose input is no input is refused before anything is looked up.
    refused = {400, 422} if name.startswith("api-v1:") else set()
    for response in (stranger.get(path), stranger.post(path)):
        assert response.status_code in CLOSED | refused, response.status_code
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


def roles_let_in(needs: Iterable[Permission | None]) -> frozenset[Role]:
    """Return the roles that hold every one of these permissions."""
    wanted = {each for each in needs if each is not None}
    return frozenset(role for role in Role if wanted <= PERMISSIONS[role])


def roles_of(address: Address) -> frozenset[Role]:
    """Return the roles an address declares open: any one permission, and `besides`."""
    either = [roles_let_in([one, address.besides]) for one in address.permissions]
    return frozenset().union(*either)


def telling_roles(declared: frozenset[Role]) -> list[Role]:
    """Return few roles by which a wrong permission at this door would show.

    A door that asked for another permission, for any one of those there are, would let
    in or keep out at least one role of these. Thirteen roles at every door prove no
    more, and take three times as long.
    """
    others = {roles_let_in([each]) for each in Permission} | {frozenset(Role)}
    unseen = {frozenset(declared ^ other) for other in others if other != declared}
    chosen: list[Role] = []
    while unseen:
        best = max(Role, key=lambda role: sum(role in each for each in unseen))
        chosen.append(best)
        unseen = {each for each in unseen if best not in each}
    # Somebody is let in and somebody is kept out, where there is anybody.
    for some in (declared, frozenset(Role) - declared):
        if some and not some.intersection(chosen):
            chosen.append(min(some))
    return chosen


def wrongs_of(client: Client, path: str, *, is_open: bool) -> str:
    """Return what is wrong about how a door answers one role; "" if nothing is."""
    got = client.get(path).status_code
    if is_open:
        return "kept out" if got == DENIED else ""
    posted = client.post(path).status_code
    if {got, posted} <= {DENIED, WRONG_METHOD} and DENIED in {got, posted}:
        return ""
    return f"let in: GET {got}, POST {posted}"


def test_every_door_opens_to_exactly_the_roles_it_declares(organisation: Organisation):
    clients = {role: Client() for role in Role}
    for role, client in clients.items():
        client.force_login(person_with_only(role, organisation))
    nobody = Client()
    nobody.force_login(
        add_person(organisation=organisation, email="new@walk.example", name="new")
    )
    wrong = []
    for name in GUARDED:
        path, declared = ADDRESSES[name].path(organisation), roles_of(ADDRESSES[name])
        asked = [(str(role), clients[role]) for role in telling_roles(declared)]
        for who, client in [*asked, ("without a role", nobody)]:
            said = wrongs_of(client, path, is_open=who in declared)
            wrong += [f"{name}, {who}: {said}"] if said else []

    assert not wrong, "\n".join(wrong)


def test_a_wrong_permission_at_a_door_would_be_seen():
    """The few roles asked tell every declared permission from every other."""
    doors = {each: roles_let_in([each]) for each in Permission}
    for declared in doors.values():
        asked = telling_roles(declared)
        for other in doors.values():
            differs = [role for role in asked if (role in declared) != (role in other)]
            assert bool(differs) == (declared != other)


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
