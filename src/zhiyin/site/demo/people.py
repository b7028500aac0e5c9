"""Departments and one login per role."""

from __future__ import annotations

from cxstats import simulate
from zhiyin.accounts.models import Department, Organisation, Person, Role
from zhiyin.accounts.models.roles import DEPARTMENT_ROLES
from zhiyin.accounts.services import Grant, add_department, add_person

CODE = "demo"
MAIL_DOMAIN = "demo.example"
OWN_DEPARTMENT = {
    Role.DEPT_OWNER: "HQ-NET",
    Role.TEAM_LEAD: "HALL-01",
    Role.AGENT: "HALL-01",
}


def add_departments(
    organisation: Organisation,
    simulated: simulate.Organisation,
) -> dict[str, Department]:
    """Add the department tree; return it by code."""
    made: dict[str, Department] = {}
    for one in simulated.departments:
        made[one.code] = add_department(
            organisation=organisation,
            code=one.code,
            name=one.name,
            parent=made[one.parent] if one.parent else None,
        )
    return made


def add_people(
    organisation: Organisation,
    simulated: simulate.Organisation,
    departments: dict[str, Department],
    password: str,
) -> list[Person]:
    """Add one person per role, named after one of the operator's own."""
    people = []
    for role in Role:
        known = [one for one in simulated.employees if one.role == role]
        name = known[0].name if known else str(role.label)
        place = None
        if role in DEPARTMENT_ROLES:
            code = OWN_DEPARTMENT.get(role) or (known[0].department if known else "HQ")
            place = departments[code]
        people.append(
            add_person(
                organisation=organisation,
                email=f"{role}@{MAIL_DOMAIN}",
                name=name,
                roles=[Grant(role, place)],
                password=password,
            ),
        )
    return people
