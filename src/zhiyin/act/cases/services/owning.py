"""Whose a case is, and how urgent."""

from __future__ import annotations

from django.utils.translation import gettext as _

from zhiyin.accounts.models import Department, Permission, Person
from zhiyin.act.cases.models import Case, CaseLevel, State
from zhiyin.act.cases.services.suppressing import leave_customer_alone
from zhiyin.act.cases.services.telling import tell_owner
from zhiyin.act.cases.services.timing import set_clocks
from zhiyin.act.cases.services.writing import CaseError, Draft, changing


def refuse_owner(case: Case, owner: Person) -> None:
    """Refuse an owner who has left, is a stranger, or does not work on cases."""
    if owner.organisation_id != case.organisation_id or not owner.is_active:
        raise CaseError(
            _("%s no longer works here. Choose somebody else as the owner.") % owner,
        )
    if not owner.may(Permission.WORK_CASES):
        raise CaseError(
            _("The roles of %s do not include work on cases. Choose somebody else.")
            % owner,
        )


def refuse_department(case: Case, department: Department) -> None:
    """Refuse a department that was dissolved, or is another organisation's."""
    is_ours = department.organisation_id == case.organisation_id
    if not is_ours or not department.is_active:
        raise CaseError(
            _("“%s” is no longer active. Choose another department.") % department,
        )


def give_to(draft: Draft, owner: Person) -> None:
    """Make somebody the owner; a case that is new or open again becomes assigned."""
    case = draft.case
    before = case.owner_id
    case.owner = owner
    if case.state in {State.NEW, State.REOPENED}:
        draft.go(State.ASSIGNED, owner=owner.pk, before=before)
    elif before != owner.pk:
        draft.note("owner", owner=owner.pk, before=before)
    if draft.by == owner and case.acknowledged_at is None:
        _acknowledge(draft)


def assign_case(
    *,
    case: Case,
    owner: Person,
    by: Person | None,
    version: int | None = None,
    department: Department | None = None,
) -> Case:
    """Give a case to somebody, perhaps in another department; they are told."""
    with changing(case, by=by, version=version, action="case.assigned") as draft:
        refuse_owner(draft.case, owner)
        refuse_over(draft.case)
        if department is not None and department != draft.case.department:
            refuse_department(draft.case, department)
            draft.note("department", department=department.pk)
            draft.case.department = department
        give_to(draft, owner)
    tell_owner(case, by=by)
    return case


def refuse_over(case: Case) -> None:
    """Refuse to work on what is closed or merged."""
    if not case.is_open:
        raise CaseError(
            _("This case is “%s”. Reopen it to go on.") % case.get_state_display(),
        )


def _acknowledge(draft: Draft) -> None:
    draft.case.acknowledged_at = draft.at
    draft.note("acknowledged")


def acknowledge_case(*, case: Case, by: Person, version: int | None = None) -> Case:
    """Say that the case was seen and is in hand; whoever takes a new one owns it."""
    with changing(case, by=by, version=version, action="case.acknowledged") as draft:
        refuse_over(draft.case)
        if draft.case.owner is None or draft.case.state == State.NEW:
            refuse_owner(draft.case, by)
            give_to(draft, by)
        if draft.case.acknowledged_at is None:
            _acknowledge(draft)
    return case


def acknowledge_by_working(draft: Draft) -> None:
    """Count work on a case as its acknowledgement."""
    if draft.case.acknowledged_at is None and draft.by is not None:
        if draft.case.state == State.NEW:
            give_to(draft, draft.by)
        if draft.case.acknowledged_at is None:
            _acknowledge(draft)


def change_level(
    *,
    case: Case,
    level: CaseLevel,
    by: Person | None,
    reason: str,
    version: int | None = None,
) -> Case:
    """Give a case another level; its clocks count anew from when it was opened."""
    with changing(case, by=by, version=version, action="case.level_changed") as draft:
        refuse_over(draft.case)
        if level.organisation_id != draft.case.organisation_id or not level.is_active:
            raise CaseError(_("This level is not in use. Choose another."))
        before = draft.case.level
        draft.case.level = level
        set_clocks(draft.case, draft.case.reopened_at or draft.case.opened_at)
        leave_customer_alone(draft.case)
        draft.note("level", reason, level=level.code, before=before.code)
    return case
