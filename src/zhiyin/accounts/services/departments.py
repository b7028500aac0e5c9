"""Writes of the department tree."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Department, Organisation
from zhiyin.accounts.services.audit import record

# A path holds at most twelve ids of nineteen digits in its 255 characters.
DEEPEST_LEVEL = 11


def path_below(parent: Department | None, pk: int) -> str:
    """Return the path of a department under this parent."""
    return f"{parent.path if parent else '/'}{pk}/"


def check_parent(organisation: Organisation, parent: Department | None) -> None:
    """Refuse a parent of another organisation, a closed one, or one too deep."""
    if parent is None:
        return
    if parent.organisation_id != organisation.pk:
        raise ValidationError({"parent": _("There is no such department.")})
    if not parent.is_active:
        raise ValidationError(
            {"parent": _("“%(name)s” is deactivated.") % {"name": parent}},
        )
    if parent.depth >= DEEPEST_LEVEL:
        raise ValidationError(
            {
                "parent": _("The tree has at most %(levels)s levels.")
                % {"levels": DEEPEST_LEVEL + 1},
            },
        )


@transaction.atomic
def add_department(
    *,
    organisation: Organisation,
    code: str,
    name: str,
    parent: Department | None = None,
) -> Department:
    """Add a department under a parent, or as a root."""
    check_parent(organisation, parent)
    department = Department(
        organisation=organisation,
        parent=parent,
        code=code.strip(),
        name=name.strip(),
    )
    department.full_clean()
    department.save()
    # The path ends with the row's own id, known only now.
    department.path = path_below(parent, department.pk)
    department.save(update_fields=["path"])
    record(action="department.added", target=department, code=department.code)
    return department
