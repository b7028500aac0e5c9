"""Several changes of one case told at once by another system: all of them or none."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from zhiyin.accounts.models import Person
from zhiyin.act.cases.models import Case, CaseLevel, Cause, State
from zhiyin.act.cases.services.answering import (
    NO_FACTS,
    Facts,
    close_case,
    record_causes,
    record_facts,
    reopen_case,
    resolve_case,
    verify_case,
)
from zhiyin.act.cases.services.owning import assign_case, change_level
from zhiyin.act.cases.services.working import move_case


@dataclass(frozen=True, kw_only=True)
class Change:
    """What to change; what is empty stays. The case moves last."""

    version: int
    state: str = ""
    text: str = ""
    owner: Person | None = None
    level: CaseLevel | None = None
    causes: tuple[Cause, ...] = ()
    primary: Cause | None = None
    facts: Facts = NO_FACTS


@transaction.atomic
def change_by_api(*, case: Case, by: Person, change: Change) -> Case:
    """Do what a change asks for, the first step against the version that was read."""
    version: int | None = change.version
    if change.facts != NO_FACTS:
        record_facts(case=case, by=by, facts=change.facts, version=version)
        version = None
    if change.primary is not None:
        record_causes(
            case=case,
            by=by,
            causes=change.causes,
            primary=change.primary,
            version=version,
        )
        version = None
    if change.owner is not None:
        assign_case(case=case, owner=change.owner, by=by, version=version)
        version = None
    if change.level is not None:
        change_level(
            case=case,
            level=change.level,
            by=by,
            reason=change.text,
            version=version,
        )
        version = None
    if change.state:
        _move(case, by, change, version)
    return case


def _move(case: Case, by: Person, change: Change, version: int | None) -> None:
    """Move by the service that belongs to the state, else by a mere move."""
    to, text = change.state, change.text
    if to == State.RESOLVED:
        resolve_case(case=case, by=by, version=version)
    elif to == State.VERIFIED:
        verify_case(case=case, by=by, note=text, version=version)
    elif to == State.CLOSED:
        close_case(case=case, by=by, version=version)
    elif to == State.REOPENED:
        reopen_case(case=case, by=by, reason=text, version=version)
    else:
        move_case(case=case, to=to, by=by, version=version, text=text)
