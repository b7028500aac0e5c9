"""Writes of the department tree."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Department, Organisation
from zhiyin.accounts.services.audit import record

# A path holds at most twelve ids of nineteen digits in its 255 characters.
DEEPEST_LEVEL = 11


def _lock_tree(organisation_id: int) -> None:
    """Let one change of a tree wait for another; paths are rewritten together."""
    Organisation.objects.select_for_update().get(pk=organisation_id)


def _check_parent(
    organisation_id: int,
    parent: Department | None,
    levels_below: int = 0,
) -> None:
    """Refuse a parent of another organisation, a closed one, or one too deep."""
    if parent is None:
        return
    if parent.organisation_id != organisation_id:
        raise ValidationError({"parent": _("There is no such department.")})
    if not parent.is_active:
        raise ValidationError(
            {"parent": _("“%(name)s” is deactivated.") % {"name": parent}},
        )
    if parent.depth + 1 + levels_below > DEEPEST_LEVEL:
        raise ValidationError(
            {
                "parent": _("The tree has at most %(levels)s levels.")
                % {"levels": DEEPEST_LEVEL + 1},
            },
        )


def _check_code(department: Department) -> None:
    others = Department.objects.filter(
        organisation_id=department.organisation_id,
        code=department.code,
    )
    if others.exclude(pk=department.pk).exists():
        raise ValidationError(
            {
                "code": _("The code “%(code)s” is already in use.")
                % {"code": department.code},
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
    _lock_tree(organisation.pk)
    _check_parent(organisation.pk, parent)
    department = Department(
        organisation=organisation,
        parent=parent,
        code=code.strip(),
        name=name.strip(),
    )
    _check_code(department)
    department.full_clean()
    department.save()
    # The path ends with the row's own id, known only now.
    department.path = f"{parent.path if parent else '/'}{department.pk}/"
    department.save(update_fields=["path"])
    record(action="department.added", target=department, code=department.code)
    return department


@transaction.atomic
def change_department(*, department: Department, code: str, name: str) -> None:
    """Rename a department or give it another code."""
    before = {"code": department.code, "name": department.name}
    department.code, department.name = code.strip(), name.strip()
    _check_code(department)
    department.full_clean()
    department.save(update_fields=["code", "name"])
    after = {"code": department.code, "name": department.name}
    if after != before:
        record(
            action="department.changed",
            target=department,
            before=before,
            after=after,
        )


@transaction.atomic
def move_department(*, department: Department, parent: Department | None) -> None:
    """Hang a department with everything below it under another parent."""
    _lock_tree(department.organisation_id)
    department.refresh_from_db()
    if parent is not None:
        parent.refresh_from_db()
    if department.parent_id == (parent.pk if parent else None):
        return
    subtree = Department.objects.within(department)
    if parent is not None and parent.path.startswith(department.path):
        raise ValidationError(
            {"parent": _("A department cannot be moved below itself.")},
        )
    deepest = max(each.depth for each in subtree) - department.depth
    _check_parent(department.organisation_id, parent, levels_below=deepest)
    old_path, old_parent = department.path, department.parent
    new_path = f"{parent.path if parent else '/'}{department.pk}/"
    subtree.update(path=Concat(Value(new_path), Substr(F("path"), len(old_path) + 1)))
    Department.objects.filter(pk=department.pk).update(parent=parent)
    department.refresh_from_db()
    record(
        action="department.moved",
        target=department,
        before=str(old_parent or ""),
        after=str(parent or ""),
    )


@transaction.atomic
def deactivate_department(*, department: Department) -> None:
    """Close a department: it keeps its history and is offered nowhere any more."""
    _lock_tree(department.organisation_id)
    if department.children.filter(is_active=True).exists():
        raise ValidationError(
            _("Move or deactivate the departments below “%(name)s” first.")
            % {"name": department},
        )
    department.is_active = False
    department.save(update_fields=["is_active"])
    record(action="department.deactivated", target=department)


@transaction.atomic
def reactivate_department(*, department: Department) -> None:
    """Open a closed department again, under an open parent."""
    _lock_tree(department.organisation_id)
    if department.parent is not None and not department.parent.is_active:
        raise ValidationError(
            _("“%(name)s” above it is deactivated.") % {"name": department.parent},
        )
    department.is_active = True
    department.save(update_fields=["is_active"])
    record(action="department.reactivated", target=department)
