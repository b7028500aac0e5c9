"""One action on many cases, and taking it back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from zhiyin.accounts.models import Organisation, Person
from zhiyin.accounts.services import record
from zhiyin.act.cases.models import (
    BulkAction,
    Case,
    CaseLevel,
    HandOver,
    HandOverState,
    Promise,
    State,
)
from zhiyin.act.cases.queries.owners import owner_for
from zhiyin.act.cases.services.handing_over import WAITING
from zhiyin.act.cases.services.merging import merge_cases
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
    "offered_to_id",
    "merged_into_id",
    "outcome",
    "closed_at",
    "next_update_at",
)
MERGE = "merge"


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
def merge_many(*, into: Case, others: Sequence[Case], by: Person) -> BulkAction:
    """Merge cases into one as `merge_cases` does, so that it can be taken back."""
    wanted = [each for each in others if each.pk != into.pk]
    kept = [(each, _before_merging(each)) for each in wanted]
    kept.append((into, _as_it_is(into)))
    merge_cases(into=into, others=wanted, by=by)
    before = [
        {"case": case.pk, "version": case.version, **fields} for case, fields in kept
    ]
    return _note(by, MERGE, before, refused=0)


def _as_it_is(case: Case) -> dict[str, Any]:
    old = Case.objects.get(pk=case.pk)
    return {name: _kept(getattr(old, name)) for name in _KEPT}


def _before_merging(case: Case) -> dict[str, Any]:
    """Return a case with what goes over to the one that stays."""
    promises = case.promises.filter(kept_at=None).values_list("pk", flat=True)
    offers = case.hand_overs.filter(state__in=WAITING).values_list("pk", "state")
    return {
        **_as_it_is(case),
        "promises": list(promises),
        "hand_overs": [list(each) for each in offers],
    }


@transaction.atomic
def _do(
    cases: Iterable[Case], by: Person, kind: str, act: Callable[[Case], Case]
) -> BulkAction:
    """Act on each case; those that refuse are counted and left as they are."""
    before, refused = [], 0
    for case in cases:
        kept = _as_it_is(case)
        try:
            with transaction.atomic():
                act(case)
        except ValidationError:
            refused += 1
            continue
        before.append({"case": case.pk, "version": case.version, **kept})
    return _note(by, kind, before, refused=refused)


def _note(
    by: Person, kind: str, before: list[dict[str, Any]], *, refused: int
) -> BulkAction:
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
        case = Case.objects.filter(pk=row["case"]).first()
        if case is not None and case.version == row["version"]:
            _restore(case, row, fresh, by)
            undone += 1
            continue
        skipped += 1
        if case is not None and fresh.kind == MERGE:
            _reckon_again(case, fresh, by)
    fresh.undone_at = clock.now()
    fresh.save(update_fields=["undone_at"])
    bulk.undone_at = fresh.undone_at
    record(action="cases.undone", actor=by, target=fresh, cases=undone)
    return undone, skipped


def _restore(case: Case, row: dict[str, Any], bulk: BulkAction, by: Person) -> None:
    with changing(case, by=by, action="case.undone", bulk=bulk.pk) as draft:
        given = draft.case.state
        for name in _KEPT:
            # Actions of an earlier version of the product kept fewer fields.
            if name in row:
                setattr(draft.case, name, _read(row[name], name))
        _take_back(draft.case, row)
        _see_to_owner(draft.case, bulk.organisation_id)
        leave_customer_alone(draft.case)
        line = draft.note("undone", bulk=bulk.pk)
        line.from_state, line.to_state = given, draft.case.state


def _take_back(case: Case, row: dict[str, Any]) -> None:
    """Give a case what it left to another: promises still owed, a waiting offer."""
    owed = Promise.objects.filter(pk__in=row.get("promises", []), kept_at=None)
    owed.update(case=case)
    for number, state in row.get("hand_overs", []):
        rows = HandOver.objects.filter(pk=number, state=HandOverState.WITHDRAWN)
        rows.update(state=state)


def _reckon_again(case: Case, bulk: BulkAction, by: Person) -> None:
    """Set the clocks of the case that stayed by the promises it still has."""
    with changing(case, by=by, action="case.undone", bulk=bulk.pk) as draft:
        draft.note("undone", bulk=bulk.pk)


def _see_to_owner(case: Case, organisation: Organisation | int) -> None:
    """Give the case to the fallback where its former owner has left meanwhile."""
    if case.state != State.NEW:
        case.owner = owner_for(organisation, case.department, case.owner)
