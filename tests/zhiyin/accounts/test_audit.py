"""The audit log misses no write, doubles none, and never changes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import RestrictedError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from zhiyin.accounts.middleware import AuditMiddleware
from zhiyin.accounts.models import AuditEntry, EntryIsFinalError, Organisation, Person
from zhiyin.accounts.services import act_as, action_label, add_department, record

pytestmark = pytest.mark.django_db

PersonMaker = Callable[..., Person]


def request_by(person: Person, method: str = "post") -> HttpRequest:
    request = getattr(RequestFactory(), method)("/somewhere/", REMOTE_ADDR="10.1.2.3")
    request.user = person
    request.resolver_match = None
    return request


def answering(
    status: int = 200, write: Callable[[], object] | None = None
) -> AuditMiddleware:
    def view(request: HttpRequest) -> HttpResponse:
        if write:
            write()
        return HttpResponse(status=status)

    return AuditMiddleware(view)


def test_a_service_is_recorded_with_its_actor_and_address(
    organisation: Organisation,
    person_with: PersonMaker,
):
    person = person_with()

    answering(
        write=lambda: add_department(organisation=organisation, code="a", name="甲"),
    )(request_by(person))

    entry = AuditEntry.objects.get()
    assert entry.action == "department.added"
    assert (entry.actor, entry.actor_name) == (person, person.name)
    assert (entry.object_type, entry.object_name) == ("accounts.Department", "甲")
    assert entry.address == "10.1.2.3"


def test_a_write_that_no_service_named_is_recorded_by_its_address(
    person_with: PersonMaker,
):
    person = person_with()

    answering(status=302)(request_by(person))

    entry = AuditEntry.objects.get()
    assert entry.action == "page.submitted"
    assert entry.detail == {"address_name": "/somewhere/", "method": "POST"}
    assert (entry.actor, entry.address) == (person, "10.1.2.3")


@pytest.mark.parametrize(
    ("method", "status"),
    [("get", 200), ("head", 200), ("options", 200), ("post", 403), ("post", 500)],
)
def test_reading_and_refused_writes_leave_no_bare_entry(
    person_with: PersonMaker,
    method: str,
    status: int,
):
    answering(status=status)(request_by(person_with(), method))

    assert not AuditEntry.objects.exists()


def test_a_write_with_a_token_names_the_token_owner(person_with: PersonMaker):
    from django.contrib.auth.models import AnonymousUser

    person = person_with()
    request = request_by(person)
    request.user = AnonymousUser()

    answering(write=lambda: act_as(person))(request)

    assert AuditEntry.objects.get().actor == person


def test_work_outside_a_request_is_recorded_without_an_actor(
    organisation: Organisation,
):
    entry = record(action="lake.rebuilt", organisation=organisation, rows=3)

    assert entry is not None
    assert (entry.actor, entry.address, entry.detail) == (None, None, {"rows": 3})


def test_one_request_does_not_inherit_the_actor_of_the_one_before(
    organisation: Organisation,
    person_with: PersonMaker,
):
    answering()(request_by(person_with()))

    entry = record(action="lake.rebuilt", organisation=organisation)

    assert entry is not None
    assert entry.actor is None


@pytest.fixture
def entry(organisation: Organisation, person_with: PersonMaker) -> AuditEntry:
    kept = record(action="x.done", actor=person_with(), organisation=organisation)
    assert kept is not None
    return kept


def test_python_refuses_to_change_an_entry(entry: AuditEntry):
    entry.action = "y.done"

    with pytest.raises(EntryIsFinalError, match="never changed"):
        entry.save()
    with pytest.raises(EntryIsFinalError):
        AuditEntry.objects.filter(pk=entry.pk).update(action="y.done")
    with pytest.raises(EntryIsFinalError):
        AuditEntry.objects.bulk_update([entry], ["action"])


def test_python_refuses_to_delete_an_entry(entry: AuditEntry):
    with pytest.raises(EntryIsFinalError):
        entry.delete()
    with pytest.raises(EntryIsFinalError):
        AuditEntry.objects.all().delete()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_auditentry SET action = 'y.done'",
        "UPDATE accounts_auditentry SET actor_id = NULL",
        "DELETE FROM accounts_auditentry",
    ],
)
def test_the_database_refuses_what_comes_past_python(
    entry: AuditEntry,
    statement: str,
):
    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert AuditEntry.objects.get().action == "x.done"


def test_a_person_who_acted_cannot_be_deleted(entry: AuditEntry):
    assert entry.actor is not None

    with pytest.raises(RestrictedError):
        entry.actor.delete()


@pytest.mark.django_db(transaction=True)
def test_emptying_the_database_raises_the_fence_again(organisation: Organisation):
    record(action="x.done", organisation=organisation)

    call_command("flush", interactive=False, verbosity=0)

    assert not AuditEntry.objects.exists()
    again = Organisation.objects.create(code="again", name="again", brand="again")
    record(action="x.done", organisation=again)
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_auditentry")


def test_a_failed_login_is_recorded_for_the_organisation_of_the_address(
    person_with: PersonMaker,
):
    person = person_with()

    for email in (person.email, "nobody@nowhere.example"):
        Client().post("/account/login/", {"login": email, "password": "wrong"})

    entry = AuditEntry.objects.get()
    assert entry.action == "login.failed"
    assert entry.object_id == str(person.pk)
    assert entry.organisation == person.organisation


def test_an_action_without_a_name_is_shown_by_its_code():
    assert action_label("unheard.of") == "unheard.of"
    assert action_label("role.given") != "role.given"
