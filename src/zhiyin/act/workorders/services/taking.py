"""What the other system says of a case: merged field by field, and applied here.

A call that is told twice changes nothing the second time, and news older than what
was heard before is left aside. What cannot be applied is kept as a conflict with its
reason; the rest of the call is taken all the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Person
from zhiyin.accounts.services import record
from zhiyin.act.cases.models import Case, Source
from zhiyin.act.cases.services import comment_case
from zhiyin.act.workorders.models import Conflict, Field, WorkOrder, WorkOrderSystem
from zhiyin.act.workorders.queries.merging import Difference, Merged, Rule, merge
from zhiyin.act.workorders.queries.snapshots import read, snapshot
from zhiyin.act.workorders.services.applying import (
    CannotApplyError,
    apply_field,
    faults_in,
    in_order,
    open_for,
)
from zhiyin.common import clock

MOST_COMMENTS = 200


@dataclass(frozen=True, kw_only=True)
class Told:
    """One call of the other system about one case.

    `fields` are under their names and in their words. `customer` is the key of a
    customer for whom a case is to be opened where none is known.
    """

    external_id: str
    number: int | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    comments: Sequence[str] = ()
    at: dt.datetime | None = None
    customer: str = ""


@dataclass(frozen=True)
class Taken:
    """What came of a call: the order, whether it was made, what was taken or kept."""

    order: WorkOrder
    is_new: bool
    is_stale: bool = False
    taken: tuple[str, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


@transaction.atomic
def take_order(*, system: WorkOrderSystem, told: Told, by: Person) -> Taken:
    """Take over what another system says of a case it holds.

    Raises ValidationError where nothing of it can be understood: an unknown case, or
    values that are none of ours, all of them named.
    """
    order, is_new = _order(system, told, by)
    if not is_new and told.at and order.their_time and told.at < order.their_time:
        return Taken(order, is_new, is_stale=True)
    theirs = read(system, told.fields)
    faults = faults_in(order.case, theirs)
    if faults:
        raise ValidationError(faults)
    merged = _merged(system, order, theirs, told.at)
    taken, refused = _apply(order, merged, by)
    for text in told.comments:
        made = comment_case(case=order.case, text=text, by=by)
        order.their_comments = [*order.their_comments, made.pk][-MOST_COMMENTS:]
    conflicts = _keep_conflicts(order, merged, refused)
    heard = {name: value for name, value in theirs.items() if name not in refused}
    _note(order, heard, told)
    if refused:
        # What was refused they may wish again, and are told how it stands.
        order.told_version = 0
        order.save(update_fields=["told_version"])
    if taken or told.comments or conflicts:
        record(action="workorder.taken", target=order, actor=by, fields=list(taken))
    return Taken(order, is_new, taken=taken, conflicts=conflicts)


def _order(system: WorkOrderSystem, told: Told, by: Person) -> tuple[WorkOrder, bool]:
    rows = WorkOrder.objects.select_for_update(of=("self",)).filter(system=system)
    rows = rows.select_related("case__level", "case__owner", "case__department")
    known = rows.filter(external_id=told.external_id).first()
    if known is not None:
        return known, False
    case = _case(system, told, by)
    waiting = rows.filter(case=case).first()
    if waiting is not None and waiting.external_id:
        message = _("Case %(number)s is %(external)s in that system already.")
        raise ValidationError(
            message % {"number": case.number, "external": waiting.external_id}
        )
    if waiting is None:
        waiting = WorkOrder.objects.create(
            organisation_id=system.organisation_id,
            system=system,
            case=case,
            agreed=snapshot(case),
            created_at=clock.now(),
        )
    waiting.external_id = told.external_id
    waiting.save(update_fields=["external_id"])
    return waiting, True


def _case(system: WorkOrderSystem, told: Told, by: Person) -> Case:
    if told.number is not None:
        rows = Case.objects.visible_to(by).filter(number=told.number)
        found = rows.select_related("level", "owner", "department").first()
        if found is None:
            message = _("There is no case %(number)s, or it is not yours to see.")
            raise ValidationError(message % {"number": told.number})
        return found
    if not told.customer:
        raise ValidationError(
            _("Name the case by its number, or the customer to open one for."),
        )
    return open_for(
        system=system,
        customer=told.customer,
        source=Source.WORKORDER,
        source_key=f"{system.code}:{told.external_id}",
        by=by,
    )


def _merged(
    system: WorkOrderSystem,
    order: WorkOrder,
    theirs: Mapping[str, Any],
    at: dt.datetime | None,
) -> Merged:
    last = order.case.events.order_by("-at", "-pk").first()
    rule = Rule(
        winners={name: system.winner_of(name) for name in Field.values},
        our_time=last.at if last else order.case.opened_at,
        their_time=at,
    )
    ours = snapshot(order.case)
    # Of a case that they were never told of they agree with nothing yet.
    agreed = order.agreed or ours
    return merge(agreed=agreed, ours=ours, theirs=theirs, rule=rule)


def _apply(
    order: WorkOrder, merged: Merged, by: Person
) -> tuple[tuple[str, ...], dict[str, str]]:
    taken: list[str] = []
    refused: dict[str, str] = {}
    for name in in_order(merged.taken):
        try:
            with transaction.atomic():
                apply_field(order.case, name, merged.taken, by)
        except CannotApplyError as error:
            order.case.refresh_from_db()
            refused[name] = str(error)
        else:
            taken.append(name)
    return tuple(taken), refused


def _keep_conflicts(
    order: WorkOrder, merged: Merged, refused: Mapping[str, str]
) -> tuple[Conflict, ...]:
    now = clock.now()
    found = {each.field: each for each in merged.conflicts}
    ours = snapshot(order.case)
    for name in refused:
        kept = Difference(name, ours.get(name), merged.taken[name], "ours")
        found[name] = kept
    made = [
        Conflict(
            organisation_id=order.organisation_id,
            order=order,
            at=now,
            field=each.field,
            ours=each.ours,
            theirs=each.theirs,
            kept=each.kept,
            because=refused.get(each.field, "")[:300],
        )
        for each in found.values()
    ]
    return tuple(Conflict.objects.bulk_create(made))


def _note(order: WorkOrder, theirs: Mapping[str, Any], told: Told) -> None:
    ours = snapshot(order.case)
    order.agreed = {**(order.agreed or ours), **theirs}
    order.heard_at = clock.now()
    order.their_state = str(theirs.get(Field.STATE, order.their_state))[:60]
    if told.at is not None:
        order.their_time = told.at
    # Where ours still differs they are told of it; what they said themselves is not
    # told back to them.
    if ours == order.agreed:
        order.told_version = order.case.version
    order.save(
        update_fields=[
            "agreed",
            "heard_at",
            "their_state",
            "their_time",
            "told_version",
            "their_comments",
        ],
    )
