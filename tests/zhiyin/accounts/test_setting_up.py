"""Organisations, departments and people come into being through services."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from zhiyin.accounts.models import AuditEntry, Organisation, Role
from zhiyin.accounts.services import (
    Grant,
    add_department,
    add_person,
    create_organisation,
    give_role,
)

pytestmark = pytest.mark.django_db


def test_an_organisation_is_known_to_customers_by_its_name_unless_branded():
    plain = create_organisation(code="north", name="North Telecom")
    branded = create_organisation(code="south", name="South Telecom", brand="Sunny")

    assert (plain.brand, branded.brand) == ("North Telecom", "Sunny")
    assert AuditEntry.objects.filter(action="organisation.created").count() == 2


def test_two_organisations_cannot_share_a_code():
    create_organisation(code="north", name="North Telecom")

    with pytest.raises(ValidationError) as refusal:
        create_organisation(code="north", name="Another")

    assert "code" in refusal.value.message_dict


def test_a_department_path_lists_the_ids_from_the_root(organisation: Organisation):
    root = add_department(organisation=organisation, code="hq", name="总部")
    child = add_department(
        organisation=organisation,
        code="net",
        name="网络部",
        parent=root,
    )

    assert root.path == f"/{root.pk}/"
    assert child.path == f"/{root.pk}/{child.pk}/"
    assert (root.depth, child.depth) == (0, 1)


def test_a_department_code_is_used_once_in_an_organisation(
    organisation: Organisation,
    other_organisation: Organisation,
):
    add_department(organisation=organisation, code="hq", name="总部")
    add_department(organisation=other_organisation, code="hq", name="总部")

    with pytest.raises(ValidationError):
        add_department(organisation=organisation, code="hq", name="again")


def test_a_department_cannot_hang_under_another_organisation(
    organisation: Organisation,
    other_organisation: Organisation,
):
    theirs = add_department(organisation=other_organisation, code="hq", name="总部")

    with pytest.raises(ValidationError):
        add_department(organisation=organisation, code="x", name="x", parent=theirs)


def test_the_tree_has_a_deepest_level(organisation: Organisation):
    parent = None
    for level in range(12):
        parent = add_department(
            organisation=organisation,
            code=f"d{level}",
            name=f"level {level}",
            parent=parent,
        )

    with pytest.raises(ValidationError, match="12"):
        add_department(organisation=organisation, code="t", name="t", parent=parent)


def test_a_person_gets_roles_and_the_defaults_of_the_organisation():
    organisation = create_organisation(
        code="west",
        name="West",
        language="zh-hant",
        time_zone="Asia/Hong_Kong",
    )
    hall = add_department(organisation=organisation, code="hall", name="營業廳")

    person = add_person(
        organisation=organisation,
        email="Li@West.example",
        name="李",
        roles=[Role.ANALYST, Grant(Role.AGENT, hall)],
    )

    assert person.email == "li@west.example"
    assert (person.language, person.time_zone) == ("zh-hant", "Asia/Hong_Kong")
    assert person.roles == ["analyst", "agent"]
    assert not person.has_usable_password()


def test_an_address_belongs_to_one_person_in_the_whole_installation(
    organisation: Organisation,
    other_organisation: Organisation,
):
    add_person(organisation=organisation, email="li@a.example", name="李")

    with pytest.raises(ValidationError):
        add_person(organisation=other_organisation, email="LI@a.example", name="李")


def test_a_role_in_a_department_of_another_organisation_is_refused(
    organisation: Organisation,
    other_organisation: Organisation,
):
    theirs = add_department(organisation=other_organisation, code="hq", name="总部")
    person = add_person(organisation=organisation, email="li@a.example", name="李")

    with pytest.raises(ValidationError):
        give_role(person=person, grant=Grant(Role.AGENT, theirs))


def test_giving_a_role_twice_changes_nothing(organisation: Organisation):
    person = add_person(organisation=organisation, email="li@a.example", name="李")

    give_role(person=person, grant=Grant(Role.AGENT))
    give_role(person=person, grant=Grant(Role.AGENT))

    assert person.role_assignments.count() == 1
    assert AuditEntry.objects.filter(action="role.given").count() == 1
