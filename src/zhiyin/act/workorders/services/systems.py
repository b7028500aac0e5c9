"""Writes about work-order systems: their words, and whether they exchange cases."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Permission, Person
from zhiyin.accounts.services import record
from zhiyin.act.cases.models import State
from zhiyin.act.workorders.models import Field, Winner, WorkOrderSystem
from zhiyin.act.workorders.queries.snapshots import FACTS
from zhiyin.channels.models import WebhookEvent
from zhiyin.common import clock
from zhiyin.common.conditions import check


def may_exchange(person: Person) -> bool:
    """Tell whether somebody may decide that cases go to another system."""
    needed = (Permission.EDIT_CASE_RULES, Permission.EXPORT_DATA)
    return all(
        person.may(each) and person.sees_whole_organisation(each) for each in needed
    )


def faults_of(system: WorkOrderSystem) -> dict[str, list[str]]:
    """Return what is wrong with the words of a system, by field of the form."""
    faults = {
        "names": _unknown(system.names, set(Field.values)) + _twice(system.names),
        "states_out": _unknown(system.states_out, set(State.values)),
        "states_in": [
            _("“%(word)s” is no state of ours.") % {"word": word}
            for word in system.states_in.values()
            if word not in State.values
        ],
        "winners": _unknown(system.winners, set(Field.values))
        + [
            _("“%(word)s” is neither ours, theirs nor newest.") % {"word": word}
            for word in system.winners.values()
            if word not in Winner.values
        ],
        "condition": check(system.condition, FACTS) if system.condition else [],
        "endpoint": _endpoint_faults(system),
    }
    return {field: found for field, found in faults.items() if found}


def _unknown(words: Mapping[str, str], known: set[str]) -> list[str]:
    return [
        _("“%(word)s” is not known here.") % {"word": word}
        for word in words
        if word not in known
    ]


def _twice(names: Mapping[str, str]) -> list[str]:
    theirs = list(names.values())
    return [
        _("“%(word)s” stands for two fields.") % {"word": word}
        for word in sorted({each for each in theirs if theirs.count(each) > 1})
    ]


def _endpoint_faults(system: WorkOrderSystem) -> list[str]:
    endpoint = system.endpoint
    if endpoint is None or WebhookEvent.WORK_ORDER in endpoint.events:
        return []
    return [_("This webhook is not told of work orders; choose that in its settings.")]


@transaction.atomic
def save_system(*, system: WorkOrderSystem, by: Person) -> WorkOrderSystem:
    """Add or change a system; raises ValidationError where its words do not fit."""
    if not may_exchange(by):
        raise PermissionDenied
    faults = faults_of(system)
    if faults:
        raise ValidationError(faults)
    is_new = system.pk is None
    if is_new:
        system.created_at = clock.now()
    system.save()
    action = "workorder_system.created" if is_new else "workorder_system.edited"
    record(action=action, target=system, endpoint=system.endpoint_id)
    return system


@transaction.atomic
def set_system_live(*, system: WorkOrderSystem, is_live: bool, by: Person) -> None:
    """Begin or stop exchanging; cases opened before it began stay here alone."""
    if not may_exchange(by):
        raise PermissionDenied
    if is_live and not system.is_live:
        system.live_since = clock.now()
    system.is_live = is_live
    system.save(update_fields=["is_live", "live_since"])
    action = "workorder_system.started" if is_live else "workorder_system.stopped"
    record(action=action, target=system)


@transaction.atomic
def delete_system(*, system: WorkOrderSystem, by: Person) -> None:
    """Delete a system with what is known of its orders; the cases stay."""
    if not may_exchange(by):
        raise PermissionDenied
    record(action="workorder_system.deleted", target=system, name=system.name)
    system.delete()
