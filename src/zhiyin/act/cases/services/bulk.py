"""One action on many cases, and taking it back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from zhiyin.accounts.models import Organisation, Person
from zhiyin.accounts.services import record
from zhiyin.act.cases.models import BulkAction, Case, CaseLevel, State
from zhiyin.act.cases.queries.owners import owner_for
from zhiyin.act.cases.services.owning import (
    acknowledge_case,
    assign_case,
    change_level,
)
from zhiyin.act.cases.services.suppressing import leave_customer_alone
from zhiyin.act.cases.services.writing import changing
from zhiyin.common import clock

# What the actions below touch, and so what taking one back restores.
_KEPT = (
    "state",
    "state_since",
    "owner_id",
    "level_id",
    "acknowledged_at",
    "acknowledge_by",
    "acknowledge_warn_at",
    "contact_by",
    "contact_warn_at",
    "resolve_by",
    "resolve_warn_at",
)


def assign_many(*, cases: Iterable[Case], owner: Person, by: Person) -> BulkAction:
    """Give many cases to one person."""
    return _do(
        cases, by, "assign", lambda case: assign_case(case=case, owner=owner, by=by)
    )


def acknowledge_many(*, cases: Iterable[Case], by: Person) -> BulkAction:
    """Acknowledge many cases."""
    return _do(
        cases, by, "acknowledge", lambda case: acknowledge_case(case=case, by=by)
    )


def change_level_many(
    *, cases: Iterable[Case], level: CaseLevel, by: Person, reason: str
) -> BulkAction:
    """Give many cases another level."""
    return _do(
        cases,
        by,
        "level",
        lambda case: change_level(case=case, level=level, by=by, reason=reason),
    )


@transaction.atomic
def _do(
    cases: Iterable[Case], by: Person, kind: str, act: Callable[[Case], Case]
) -> BulkAction:
    """Act on each case; those that refuse are counted and left as they are."""
    before, refused = [], 0
    for case in cases:
        old = Case.objects.get(pk=case.pk)
        kept = {name: _kept(getattr(old, name)) for name in _KEPT}
        try:
            with transaction.atomic():
                act(case)
        except ValidationError:
            refused += 1
            continue
        before.append({"case": case.pk, "version": case.version, **kept})
    made = BulkAction.objects.create(
        organisation=by.organisation,
        person=by,
        at=clock.now(),
        kind=kind,
        before=before,
        refused=refused,
    )
    record(
        action="cases.changed",
        actor=by,
        target=made,
        kind=kind,
        cases=len(before),
        refused=refused,
    )
    return made


def _kept(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.datetime) else value


def _read(value: Any, name: str) -> Any:
    is_moment = value is not None and name.endswith(("_at", "_by", "_since"))
    return dt.datetime.fromisoformat(value) if is_moment else value


@transaction.atomic
def undo_bulk(*, bulk: BulkAction, by: Person) -> tuple[int, int]:
    """Take an action on many cases back; return how many, and how many moved on since.

    A case that somebody changed afterwards keeps what it has.
    """
    fresh = BulkAction.objects.select_for_update().get(pk=bulk.pk)
    if fresh.undone_at is not None:
        return 0, 0
    undone = skipped = 0
    for row in fresh.before:
        case = Case.objects.filter(pk=row["case"], version=row["version"]).first()
        if case is None:
            skipped += 1
            continue
        with changing(case, by=by, action="case.undone", bulk=fresh.pk) as draft:
            given = draft.case.state
            for name in _KEPT:
                setattr(draft.case, name, _read(row[name], name))
            _see_to_owner(draft.case, fresh.organisation_id)
            leave_customer_alone(draft.case)
            line = draft.note("undone", bulk=fresh.pk)
            line.from_state, line.to_state = given, draft.case.state
        undone += 1
    fresh.undone_at = clock.now()
    fresh.save(update_fields=["undone_at"])
    bulk.undone_at = fresh.undone_at
    record(action="cases.undone", actor=by, target=fresh, cases=undone)
    return undone, skipped


def _see_to_owner(case: Case, organisation: Organisation | int) -> None:
    """Give the case to the fallback where its former owner has left meanwhile."""
    if case.state != State.NEW:
        case.owner = owner_for(organisation, case.department, case.owner)
