"""Who can own a case, and who is told when nobody does: never nobody."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Q

from zhiyin.accounts.models import (
    PERMISSIONS,
    Department,
    Organisation,
    Permission,
    Person,
    Role,
)

LEADS = (Role.TEAM_LEAD, Role.DEPT_OWNER)
WORKING = tuple(
    role for role, allowed in PERMISSIONS.items() if Permission.WORK_CASES in allowed
)
LEADING = tuple(
    role for role, allowed in PERMISSIONS.items() if Permission.LEAD_CASES in allowed
)


def above(department: Department | None) -> list[int]:
    """Return a department and those above it, the nearest first."""
    if department is None:
        return []
    path = department.path.strip("/") or str(department.pk)
    return [int(pk) for pk in reversed(path.split("/")) if pk]


def _active(organisation: Organisation | int) -> Q:
    return Q(organisation=organisation, is_active=True)


def _least_busy(wanted: Q) -> Person | None:
    load = Count("cases", filter=Q(cases__closed_at=None), distinct=True)
    rows = Person.objects.filter(wanted).annotate(load=load)
    found: Person | None = rows.order_by("load", "pk").first()
    return found


def _fallbacks(department: Department | None) -> Iterator[Q]:
    everywhere = Q(role_assignments__department=None)
    for pk in above(department):
        for role in LEADS:
            yield Q(role_assignments__role=role, role_assignments__department_id=pk)
    yield Q(role_assignments__role=Role.CX_MANAGER) & everywhere
    yield Q(role_assignments__role=Role.CX_MANAGER)
    yield Q(role_assignments__role=Role.SYS_ADMIN)


def fallback_owner(
    organisation: Organisation | int, department: Department | None
) -> Person | None:
    """Return who takes a case that nobody else takes.

    A lead of the department, of one above it, a CX manager, an administrator; None
    only where the organisation has nobody left.
    """
    for role in _fallbacks(department):
        found = _least_busy(_active(organisation) & role)
        if found is not None:
            return found
    return _least_busy(_active(organisation))


def owner_for(
    organisation: Organisation | int,
    department: Department | None,
    wanted: Person | None,
) -> Person | None:
    """Return the wished owner while they are there, else the fallback."""
    if (
        wanted is not None
        and wanted.is_active
        and wanted.organisation_id == _number(organisation)
    ):
        return wanted
    return fallback_owner(organisation, department)


def _number(organisation: Organisation | int) -> int:
    return organisation if isinstance(organisation, int) else organisation.pk


def possible_owners(
    organisation: Organisation | int, department: Department | None
) -> list[Person]:
    """Return who may be given a case of a department, the nearest to it first."""
    near = above(department)
    reaching = Q(role_assignments__department=None)
    reaching |= Q(role_assignments__department__in=near)
    if department is not None:
        reaching |= Q(role_assignments__department__path__startswith=department.path)
    rows = Person.objects.filter(
        _active(organisation) & Q(role_assignments__role__in=WORKING) & reaching,
    )
    return list(rows.distinct().order_by("name", "pk"))


def people_of_role(
    organisation: Organisation | int, department: Department | None, role: str
) -> list[Person]:
    """Return who holds a role nearest to a department, else the fallback."""
    for pk in above(department):
        held = Q(role_assignments__role=role, role_assignments__department_id=pk)
        found = list(Person.objects.filter(_active(organisation) & held).distinct())
        if found:
            return found
    held = Q(role_assignments__role=role, role_assignments__department=None)
    found = list(Person.objects.filter(_active(organisation) & held).distinct())
    fallback = fallback_owner(organisation, department)
    return found or ([fallback] if fallback else [])


def leads_of(department: Department) -> list[Person]:
    """Return who leads cases in a department or nearest above it."""
    for pk in above(department):
        held = Q(role_assignments__role__in=LEADS, role_assignments__department_id=pk)
        rows = Person.objects.filter(_active(department.organisation_id) & held)
        found = list(rows.distinct())
        if found:
            return found
    fallback = fallback_owner(department.organisation_id, department)
    return [fallback] if fallback else []


def arbiters(organisation: Organisation | int) -> list[Person]:
    """Return who decides between departments: whoever leads cases everywhere."""
    held = Q(role_assignments__role__in=LEADING, role_assignments__department=None)
    found = list(Person.objects.filter(_active(organisation) & held).distinct())
    fallback = fallback_owner(organisation, None)
    return found or ([fallback] if fallback else [])
