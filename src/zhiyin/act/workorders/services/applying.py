"""What the other system said, done to the case by the services of cases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Department, Person
from zhiyin.act.cases.models import (
    AttemptResult,
    Case,
    Cause,
    ContactResult,
    ContactWay,
    NeedType,
    State,
    may_move,
)
from zhiyin.act.cases.queries.owners import owner_for
from zhiyin.act.cases.services import (
    CaseError,
    Facts,
    Matter,
    assign_case,
    close_case,
    log_contact,
    move_case,
    open_case,
    record_causes,
    record_facts,
    reopen_case,
    resolve_case,
    verify_case,
)
from zhiyin.act.cases.services.working import PLAIN_MOVES, Contact
from zhiyin.act.workorders.models import Field, WorkOrderSystem
from zhiyin.listen.customers.services import get_or_create_customer

YES, NO = "yes", "no"
ORDER = (
    Field.CAUSES,
    Field.NEED_TYPE,
    Field.ACTION_TAKEN,
    Field.CONTACT_RESULT,
    Field.CUSTOMER_TOLD,
    Field.DEPARTMENT,
    Field.OWNER,
    Field.STATE,
)
"""What is known is written down before the state moves, which may ask for it."""

TOLD_ONLY = (Field.LEVEL, Field.SUMMARY)
"""What follows from our own rules, and nobody else sets."""


class CannotApplyError(ValueError):
    """A value that should hold cannot be put on the case; the message says why."""


def in_order(taken: Iterable[str]) -> list[str]:
    """Return the fields to be applied, in the order in which it can be done."""
    return [name for name in ORDER if name in set(taken)]


# ------------------------------------------------------------------ what is wrong


def faults_in(case: Case, theirs: Mapping[str, Any]) -> list[str]:
    """Return what of a call cannot be understood, one sentence a value."""
    faults = []
    for name, value in theirs.items():
        if (name == Field.CAUSES) != isinstance(value, list):
            faults.append(_("“%(name)s” has the wrong shape.") % {"name": name})
        elif not _is_known(case, name, value):
            faults.append(
                _("“%(value)s” is not known here as %(name)s.")
                % {"value": value, "name": Field(name).label},
            )
    return faults


def _is_known(case: Case, name: str, value: Any) -> bool:
    check = _CHECKS.get(name)
    return check is None or check(case, value)


def _department(case: Case, code: str) -> Department | None:
    rows = Department.objects.filter(organisation_id=case.organisation_id)
    return rows.filter(code=code, is_active=True).first()


def _owner(case: Case, email: str) -> Person | None:
    rows = Person.objects.filter(organisation_id=case.organisation_id, is_active=True)
    found: Person | None = rows.filter(email__iexact=email).first()
    return found


def _causes(case: Case, codes: list[str]) -> list[Cause]:
    rows = Cause.objects.of(case.organisation_id).filter(code__in=codes)
    found = {cause.code: cause for cause in rows}
    return [found[code] for code in codes if code in found]


_CHECKS: dict[str, Callable[[Case, Any], bool]] = {
    Field.STATE: lambda _case, value: value in State.values,
    Field.NEED_TYPE: lambda _case, value: value in {*NeedType.values, ""},
    Field.CONTACT_RESULT: lambda _case, value: value in {*ContactResult.values, ""},
    Field.CUSTOMER_TOLD: lambda _case, value: value in {YES, NO, ""},
    Field.DEPARTMENT: lambda case, value: _department(case, value) is not None,
    Field.OWNER: lambda case, value: _owner(case, value) is not None,
    Field.CAUSES: lambda case, value: len(_causes(case, value)) == len(set(value)),
}


# ------------------------------------------------------------------ doing it


def apply_field(case: Case, name: str, values: Mapping[str, Any], by: Person) -> None:
    """Put one of these values on the case; raises CannotApplyError with the reason."""
    try:
        _APPLY[name](case, values[name], by)
    except CaseError as error:
        raise CannotApplyError(" ".join(error.messages)) from error


def _set_causes(case: Case, codes: list[str], by: Person) -> None:
    causes = _causes(case, codes)
    if not causes:
        raise CannotApplyError(_("A case that had a cause keeps one."))
    record_causes(case=case, by=by, causes=causes, primary=causes[0])


def _set_fact(name: str) -> Callable[[Case, Any, Person], None]:
    def put(case: Case, value: Any, by: Person) -> None:
        record_facts(case=case, by=by, facts=Facts(**{name: value}))

    return put


def _set_told(case: Case, value: str, by: Person) -> None:
    if value:
        record_facts(case=case, by=by, facts=Facts(customer_told=value == YES))


def _set_department(case: Case, code: str, by: Person) -> None:
    department = _department(case, code)
    owner = owner_for(case.organisation, department, None)
    if department is None or owner is None:
        raise CannotApplyError(_("Nobody there could own the case."))
    assign_case(case=case, owner=owner, by=by, department=department)


def _set_owner(case: Case, email: str, by: Person) -> None:
    owner = _owner(case, email)
    if owner is None:
        raise CannotApplyError(_("Nobody of that name works here."))
    assign_case(case=case, owner=owner, by=by)


def _set_state(case: Case, to: str, by: Person) -> None:
    if not may_move(case.state, to) and may_move(case.state, State.IN_PROGRESS):
        # The other system need not know our steps in between.
        move_case(case=case, to=State.IN_PROGRESS, by=by)
    if to == State.CLOSED and may_move(case.state, State.RESOLVED):
        resolve_case(case=case, by=by)
    if to in PLAIN_MOVES:
        move_case(case=case, to=to, by=by)
        return
    step = _STEPS.get(to)
    if step is None:
        raise CannotApplyError(
            _("“%s” needs more than a work order can say; do it on the case's page.")
            % State(to).label,
        )
    step(case, by)


def _contacted(case: Case, by: Person) -> None:
    contact = Contact(channel=ContactWay.OTHER, result=AttemptResult.REACHED)
    log_contact(case=case, by=by, contact=contact)


_STEPS: dict[str, Callable[[Case, Person], object]] = {
    State.CONTACTED: _contacted,
    State.RESOLVED: lambda case, by: resolve_case(case=case, by=by),
    State.VERIFIED: lambda case, by: verify_case(case=case, by=by),
    State.CLOSED: lambda case, by: close_case(case=case, by=by),
    State.REOPENED: lambda case, by: reopen_case(
        case=case, by=by, reason=_("opened again in the work-order system")
    ),
}
_APPLY: dict[str, Callable[[Case, Any, Person], None]] = {
    Field.CAUSES: _set_causes,
    Field.NEED_TYPE: _set_fact("need_type"),
    Field.ACTION_TAKEN: _set_fact("action_taken"),
    Field.CONTACT_RESULT: _set_fact("contact_result"),
    Field.CUSTOMER_TOLD: _set_told,
    Field.DEPARTMENT: _set_department,
    Field.OWNER: _set_owner,
    Field.STATE: _set_state,
}


def open_for(
    *, system: WorkOrderSystem, customer: str, source: str, source_key: str, by: Person
) -> Case:
    """Open a case for a customer named by key; told twice it is one case."""
    try:
        found = get_or_create_customer(organisation=system.organisation, key=customer)
    except ValueError as error:
        raise ValidationError(str(error)) from error
    return open_case(
        organisation=system.organisation,
        matter=Matter(customer=found, summary=_("opened in %s") % system.name),
        by=by,
        source=source,
        source_key=source_key,
    )
