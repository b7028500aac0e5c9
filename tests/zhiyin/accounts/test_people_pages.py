"""The pages of people: the list, one person, roles, access."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from zhiyin.accounts.models import AuditEntry, Department, Organisation, Person, Role
from zhiyin.accounts.services import Grant, add_person

pytestmark = pytest.mark.django_db

PersonMaker = Callable[..., Person]


def names_on(response) -> list[str]:
    return [each.name for each in response.context["page"]]


def test_people_are_found_by_name_role_and_department(
    administrator: Client,
    organisation: Organisation,
    halls: Department,
):
    east = Department.objects.get(code="east")
    for name, grant in (
        ("甲", Grant(Role.AGENT, east)),
        ("乙", Grant(Role.TEAM_LEAD, halls)),
        ("丙", Grant(Role.ANALYST)),
    ):
        add_person(
            organisation=organisation,
            email=f"{grant.role}@x.example",
            name=name,
            roles=[grant],
        )

    assert names_on(administrator.get("/settings/people/?q=丙")) == ["丙"]
    assert names_on(administrator.get("/settings/people/?q=AGENT@x")) == ["甲"]
    assert names_on(administrator.get("/settings/people/?role=team_lead")) == ["乙"]
    within = administrator.get(f"/settings/people/?department={halls.pk}")
    assert sorted(names_on(within)) == sorted(["甲", "乙"])
    both = administrator.get(f"/settings/people/?department={halls.pk}&role=analyst")
    assert names_on(both) == []


def test_a_nonsense_filter_shows_people_and_no_error(administrator: Client):
    page = administrator.get("/settings/people/?role=king&department=abc&page=-4")

    assert page.status_code == 200
    assert len(names_on(page)) == 1


def test_a_long_list_has_pages(administrator: Client, organisation: Organisation):
    Person.objects.bulk_create(
        Person(email=f"{n}@x.example", name=f"n{n:03}", organisation=organisation)
        for n in range(70)
    )

    assert len(names_on(administrator.get("/settings/people/"))) == 50
    assert len(names_on(administrator.get("/settings/people/?page=2"))) == 21


def test_the_list_of_people_costs_the_same_for_one_and_for_many(
    administrator: Client,
    organisation: Organisation,
    django_assert_max_num_queries: Callable[[int], object],
):
    for n in range(30):
        add_person(
            organisation=organisation,
            email=f"{n}@x.example",
            name=f"n{n}",
            roles=[Role.ANALYST],
        )

    with django_assert_max_num_queries(14):
        administrator.get("/settings/people/")


def test_an_administrator_gives_and_takes_a_role(
    administrator: Client,
    person_with: PersonMaker,
    halls: Department,
):
    person = person_with(Role.ANALYST)
    page = f"/settings/people/{person.pk}/"

    administrator.post(page, {"role": "agent", "department": halls.pk})
    given = person.role_assignments.get(role="agent")
    assert given.department == halls

    administrator.post(f"{page}roles/{given.pk}/remove/")
    assert [each.role for each in person.role_assignments.all()] == ["analyst"]


def test_a_role_is_taken_only_through_its_own_person(
    administrator: Client,
    person_with: PersonMaker,
):
    person, other = person_with(Role.ANALYST), person_with(Role.ANALYST)
    given = other.role_assignments.get()

    answer = administrator.post(
        f"/settings/people/{person.pk}/roles/{given.pk}/remove/"
    )

    assert answer.status_code == 404
    assert other.role_assignments.exists()


def test_deactivation_asks_first(administrator: Client, person_with: PersonMaker):
    person = person_with(Role.ANALYST)
    address = f"/settings/people/{person.pk}/deactivate/"

    administrator.get(address)
    person.refresh_from_db()
    assert person.is_active

    administrator.post(address)
    person.refresh_from_db()
    assert not person.is_active

    administrator.post(f"/settings/people/{person.pk}/reactivate/")
    person.refresh_from_db()
    assert person.is_active


def test_a_password_link_lets_somebody_in_without_mail(
    administrator: Client,
    person_with: PersonMaker,
):
    person = person_with(Role.ANALYST)

    page = administrator.post(f"/settings/people/{person.pk}/password/")

    link = page.context["link"].removeprefix("http://testserver")
    visitor = Client()
    form_address = visitor.get(link, follow=True).request["PATH_INFO"]
    new = {"password1": "staple-battery-9", "password2": "staple-battery-9"}
    visitor.post(form_address, new)
    person.refresh_from_db()
    assert person.check_password("staple-battery-9")
    assert "no-store" in page["Cache-Control"]
    assert AuditEntry.objects.filter(action="password.link_made").exists()
