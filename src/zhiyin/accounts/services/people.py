"""Writes of people and their roles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.models import (
    Department,
    Organisation,
    Person,
    Role,
    RoleAssignment,
)
from zhiyin.accounts.services.audit import record


class Grant(NamedTuple):
    """A role in one department and below; without one, in the whole organisation."""

    role: Role | str
    department: Department | None = None


def check_grant(organisation: Organisation | None, grant: Grant) -> None:
    """Refuse an unknown role or a department of another organisation."""
    if grant.role not in Role.values:
        raise ValidationError({"role": _("There is no such role.")})
    where = grant.department
    if where is not None and (
        organisation is None or where.organisation_id != organisation.pk
    ):
        raise ValidationError({"department": _("There is no such department.")})


@transaction.atomic
def add_person(
    *,
    organisation: Organisation,
    email: str,
    name: str,
    roles: Sequence[Grant | Role | str] = (),
    password: str | None = None,
    language: str = "",
) -> Person:
    """Add somebody who works here; without a password she cannot log in yet.

    Each role is a code, or a `Grant` that limits it to a department.
    """
    validate_email(email)
    if Person.objects.filter(email=email.strip().lower()).exists():
        raise ValidationError({"email": _("This e-mail address is already in use.")})
    person: Person = Person.objects.create_user(
        email.strip(),
        password,
        name=name.strip(),
        organisation=organisation,
        language=language or organisation.language,
        time_zone=organisation.time_zone,
    )
    record(action="person.added", target=person)
    for role in roles:
        give_role(person=person, grant=role if isinstance(role, Grant) else Grant(role))
    return person


@transaction.atomic
def give_role(*, person: Person, grant: Grant) -> RoleAssignment:
    """Give a role; giving it twice changes nothing."""
    check_grant(person.organisation, grant)
    given, is_new = RoleAssignment.objects.get_or_create(
        person=person,
        role=grant.role,
        department=grant.department,
    )
    if is_new:
        record(
            action="role.given",
            target=person,
            role=str(grant.role),
            department=str(grant.department or ""),
        )
    return given
