"""Writes of people and their roles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F
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


def check_grant(organisation: Organisation, grant: Grant) -> None:
    """Refuse an unknown role, or a department that is closed or not ours."""
    if grant.role not in Role.values:
        raise ValidationError({"role": _("There is no such role.")})
    where = grant.department
    if where is None:
        return
    if where.organisation_id != organisation.pk:
        raise ValidationError({"department": _("There is no such department.")})
    if not where.is_active:
        raise ValidationError(
            {"department": _("“%(name)s” is deactivated.") % {"name": where}},
        )


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
    # The login library keeps addresses in a table of its own. Ours come from an
    # administrator and are never typed in by a stranger: they count as verified.
    EmailAddress.objects.create(
        user=person,
        email=person.email,
        primary=True,
        verified=True,
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


@transaction.atomic
def take_role(*, assignment: RoleAssignment) -> None:
    """Take a role away; the organisation keeps an administrator."""
    person = assignment.person
    _lock_people(person)
    if _is_administrator_role(assignment) and not _other_administrators(person):
        raise ValidationError(_last_administrator_stays())
    department = str(assignment.department or "")
    assignment.delete()
    record(
        action="role.taken",
        target=person,
        role=assignment.role,
        department=department,
    )


@transaction.atomic
def deactivate_person(*, person: Person, by: Person | None = None) -> None:
    """Close a person's access at once: sessions end, tokens stop; history stays."""
    _lock_people(person)
    if by is not None and by.pk == person.pk:
        raise ValidationError(_("You cannot deactivate yourself."))
    is_administrator = any(map(_is_administrator_role, person.role_assignments.all()))
    if is_administrator and not _other_administrators(person):
        raise ValidationError(_last_administrator_stays())
    person.is_active = False
    person.save(update_fields=["is_active"])
    _new_epoch(person)
    record(action="person.deactivated", target=person)


@transaction.atomic
def reactivate_person(*, person: Person) -> None:
    """Give a person access again, with the roles she had."""
    person.is_active = True
    person.save(update_fields=["is_active"])
    record(action="person.reactivated", target=person)


@transaction.atomic
def end_sessions(*, person: Person) -> None:
    """Log a person out on every device."""
    _new_epoch(person)
    record(action="sessions.ended", target=person)


@transaction.atomic
def change_profile(*, person: Person, **fields: str) -> None:
    """Change what a person decides herself: name, language, time zone, appearance."""
    changed = {name for name, value in fields.items() if getattr(person, name) != value}
    if not changed:
        return
    for name in changed:
        setattr(person, name, fields[name])
    person.full_clean(exclude=["password"])
    person.save(update_fields=sorted(changed))
    record(action="profile.changed", target=person, fields=sorted(changed))


def _new_epoch(person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(session_epoch=F("session_epoch") + 1)
    person.refresh_from_db(fields=["session_epoch"])


def _lock_people(person: Person) -> None:
    """Let two removals wait for each other, or both would see the other one stay."""
    Organisation.objects.select_for_update().get(pk=person.organisation_id)


def _is_administrator_role(assignment: RoleAssignment) -> bool:
    return assignment.role == Role.SYS_ADMIN and assignment.department_id is None


def _other_administrators(person: Person) -> bool:
    others = RoleAssignment.objects.filter(
        role=Role.SYS_ADMIN,
        department=None,
        person__organisation_id=person.organisation_id,
        person__is_active=True,
    )
    return others.exclude(person=person).exists()


def _last_administrator_stays() -> str:
    return _("An organisation keeps at least one administrator.")
