"""People: roles given and taken, access ended at once, one administrator stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from zhiyin.accounts.models import (
    AuditEntry,
    Organisation,
    Permission,
    Person,
    Role,
    RoleAssignment,
)
from zhiyin.accounts.services import (
    Grant,
    add_department,
    add_person,
    change_profile,
    create_api_token,
    deactivate_department,
    deactivate_person,
    end_sessions,
    give_role,
    person_of_token,
    reactivate_person,
    revoke_api_token,
    take_role,
)

pytestmark = pytest.mark.django_db

PersonMaker = Callable[..., Person]


def is_logged_in(client: Client) -> bool:
    return client.get("/settings/profile/").status_code == 200


def test_deactivation_ends_sessions_and_tokens_at_once(
    person_with: PersonMaker,
    client_of: Callable[[Person], Client],
):
    person = person_with(Role.ANALYST)
    client = client_of(person)
    secret = create_api_token(person=person, name="notebook").secret
    assert is_logged_in(client)
    assert person_of_token(secret=secret) == person

    deactivate_person(person=person)

    assert not is_logged_in(client)
    assert person_of_token(secret=secret) is None


def test_an_old_session_does_not_revive_with_its_person(
    person_with: PersonMaker,
    client_of: Callable[[Person], Client],
):
    person = person_with(Role.ANALYST)
    client = client_of(person)

    deactivate_person(person=person)
    reactivate_person(person=person)

    assert not is_logged_in(client)
    assert is_logged_in(client_of(person))


def test_ending_sessions_logs_out_every_device(
    person_with: PersonMaker,
    client_of: Callable[[Person], Client],
):
    person = person_with(Role.ANALYST)
    desktop, phone = client_of(person), client_of(person)

    end_sessions(person=person)

    assert not is_logged_in(desktop)
    assert not is_logged_in(phone)


def test_the_last_administrator_stays(person_with: PersonMaker):
    only = person_with(Role.SYS_ADMIN)

    with pytest.raises(ValidationError):
        deactivate_person(person=only)
    with pytest.raises(ValidationError):
        take_role(assignment=only.role_assignments.get())

    person_with(Role.SYS_ADMIN)
    take_role(assignment=only.role_assignments.get())
    assert only.role_assignments.count() == 0


def test_a_deactivated_administrator_or_one_of_a_department_does_not_count(
    organisation: Organisation,
    person_with: PersonMaker,
):
    only = person_with(Role.SYS_ADMIN)
    person_with(Role.SYS_ADMIN, is_active=False)
    hall = add_department(organisation=organisation, code="h", name="厅")
    person_with(Role.SYS_ADMIN, department=hall)

    with pytest.raises(ValidationError):
        deactivate_person(person=only)


def test_an_administrator_of_another_organisation_does_not_count(
    other_organisation: Organisation,
    person_with: PersonMaker,
):
    only = person_with(Role.SYS_ADMIN)
    person_with(Role.SYS_ADMIN, organisation=other_organisation)

    with pytest.raises(ValidationError):
        deactivate_person(person=only)


def test_nobody_deactivates_herself(person_with: PersonMaker):
    person_with(Role.SYS_ADMIN)
    person = person_with(Role.SYS_ADMIN)

    with pytest.raises(ValidationError):
        deactivate_person(person=person, by=person)


def test_taking_a_role_is_recorded_with_its_department(
    organisation: Organisation,
    person_with: PersonMaker,
):
    hall = add_department(organisation=organisation, code="h", name="东门厅")
    person = person_with(Role.AGENT, department=hall)

    take_role(assignment=person.role_assignments.get())

    entry = AuditEntry.objects.get(action="role.taken")
    assert entry.detail == {"role": "agent", "department": "东门厅"}


def test_no_role_is_given_in_a_closed_department(organisation: Organisation):
    hall = add_department(organisation=organisation, code="h", name="厅")
    deactivate_department(department=hall)

    with pytest.raises(ValidationError):
        add_person(
            organisation=organisation,
            email="a@a.example",
            name="甲",
            roles=[Grant(Role.AGENT, hall)],
        )
    assert not Person.objects.exists()


def test_reach_is_counted_per_permission(organisation: Organisation):
    hall = add_department(organisation=organisation, code="h", name="厅")
    person = add_person(
        organisation=organisation,
        email="a@a.example",
        name="甲",
        roles=[Role.PLANNER, Grant(Role.AGENT, hall)],
    )

    assert person.reach() is None
    assert person.reach(Permission.SEE_SCORES) is None
    assert person.reach(Permission.REVEAL_PERSONAL_DATA) == [hall.path]
    assert person.reach(Permission.MANAGE_PEOPLE) == []
    assert not person.sees_whole_organisation(Permission.REVEAL_PERSONAL_DATA)


def test_the_database_keeps_a_role_from_being_given_twice(person_with: PersonMaker):
    from django.db import IntegrityError, transaction

    person = person_with(Role.ANALYST)
    give_role(person=person, grant=Grant(Role.ANALYST))

    with pytest.raises(IntegrityError), transaction.atomic():
        RoleAssignment.objects.create(person=person, role=Role.ANALYST)


def test_a_profile_change_names_the_fields_and_not_the_values(
    person_with: PersonMaker,
):
    person = person_with()

    change_profile(person=person, language="en", name=person.name)

    person.refresh_from_db()
    assert person.language == "en"
    entry = AuditEntry.objects.get(action="profile.changed")
    assert entry.detail == {"fields": ["language"]}


def test_only_the_hash_of_a_token_is_kept(person_with: PersonMaker):
    person = person_with()

    made = create_api_token(person=person, name="notebook")

    assert made.secret.startswith("zy_")
    stored = {str(value) for value in vars(made.token).values()}
    assert made.secret not in stored
    assert made.secret.endswith(made.token.hint)
    assert person_of_token(secret=made.secret) == person
    assert person_of_token(secret=made.secret + "x") is None


def test_a_revoked_token_opens_nothing(person_with: PersonMaker):
    made = create_api_token(person=person_with(), name="notebook")

    revoke_api_token(token=made.token)
    revoke_api_token(token=made.token)

    assert person_of_token(secret=made.secret) is None
    assert AuditEntry.objects.filter(action="token.revoked").count() == 1


def test_the_use_of_a_token_is_noted_and_its_calls_are_counted(
    person_with: PersonMaker,
    django_assert_num_queries: Callable[[int], object],
):
    made = create_api_token(person=person_with(), name="notebook")

    person_of_token(secret=made.secret)
    made.token.refresh_from_db()
    assert made.token.last_used_at is not None

    with django_assert_num_queries(2):
        person_of_token(secret=made.secret)
    made.token.refresh_from_db()
    assert made.token.calls == 2


def test_a_person_has_a_limited_number_of_tokens(person_with: PersonMaker):
    person = person_with()
    for number in range(20):
        create_api_token(person=person, name=f"n{number}")

    with pytest.raises(ValidationError, match="20"):
        create_api_token(person=person, name="one more")
