"""The department tree as rows of a page."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from zhiyin.accounts.models import Department, Person, RoleAssignment


@dataclass(frozen=True)
class TreeRow:
    """A department on the page: how deep it stands, how many people it has."""

    department: Department
    people: int
    people_below: int
    is_found: bool


def department_tree(person: Person, search: str = "") -> list[TreeRow]:
    """Return the tree, siblings by name; with a search, what is found and above it.

    `people` counts active people with a role in the department itself and
    `people_below` also those anywhere below, each person once.
    """
    departments = Department.objects.visible_to(person).select_related("parent")
    by_parent: dict[int | None, list[Department]] = defaultdict(list)
    for each in sorted(departments, key=lambda d: (not d.is_active, d.name, d.pk)):
        by_parent[each.parent_id].append(each)
    here, below = _people_by_department(person)
    found = _found(list(departments), search)
    rows: list[TreeRow] = []
    waiting = list(reversed(by_parent[None]))
    while waiting:
        each = waiting.pop()
        waiting.extend(reversed(by_parent[each.pk]))
        if search and each.pk not in found:
            continue
        rows.append(
            TreeRow(
                department=each,
                people=len(here[each.pk]),
                people_below=len(below[each.pk]),
                is_found=bool(search) and _matches(each, search),
            ),
        )
    return rows


def _matches(department: Department, search: str) -> bool:
    wanted = search.casefold()
    return wanted in department.name.casefold() or wanted in department.code.casefold()


def _found(departments: list[Department], search: str) -> set[int]:
    """Return the departments that match, with all that stand above them."""
    return {
        int(number)
        for each in departments
        if _matches(each, search)
        for number in each.path.strip("/").split("/")
    }


def _people_by_department(
    person: Person,
) -> tuple[dict[int, set[int]], dict[int, set[int]]]:
    here: dict[int, set[int]] = defaultdict(set)
    below: dict[int, set[int]] = defaultdict(set)
    given = RoleAssignment.objects.filter(
        person__organisation_id=person.organisation_id,
        person__is_active=True,
        department__isnull=False,
    ).values_list("person_id", "department_id", "department__path")
    for person_id, department_id, path in given:
        here[department_id].add(person_id)
        for number in path.strip("/").split("/"):
            below[int(number)].add(person_id)
    return here, below
