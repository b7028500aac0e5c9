"""Who works here, found by name, role and department."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db.models import Q, QuerySet

from zhiyin.accounts.models import Department, Person


@dataclass(frozen=True)
class PeopleFilter:
    """What the list of people is narrowed to; an empty field narrows nothing."""

    search: str = ""
    role: str = ""
    department: Department | None = None
    state: str = "active"


def people_of(person: Person, narrowed: PeopleFilter) -> QuerySet[Person]:
    """Return the colleagues of a person, with their roles at hand."""
    people: QuerySet[Person] = Person.objects.visible_to(person)
    if narrowed.search:
        people = people.filter(
            Q(name__icontains=narrowed.search) | Q(email__icontains=narrowed.search),
        )
    given = Q()
    if narrowed.role:
        given &= Q(role_assignments__role=narrowed.role)
    if narrowed.department:
        path = narrowed.department.path
        given &= Q(role_assignments__department__path__startswith=path)
    if given:
        people = people.filter(given)
    if narrowed.state in {"active", "inactive"}:
        people = people.filter(is_active=narrowed.state == "active")
    return (
        people.distinct()
        .order_by("name", "pk")
        .prefetch_related("role_assignments__department")
    )


def has_second_step(person: Person) -> bool:
    """Tell whether logging in asks this person for a second step."""
    found: bool = Authenticator.objects.filter(
        user=person,
        type=Authenticator.Type.TOTP,
    ).exists()
    return found
