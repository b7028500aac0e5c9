"""Opening cases, one or many at once: numbered, with owner, level and clocks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Department, Organisation, Person
from zhiyin.accounts.services import record_many
from zhiyin.act.cases.models import (
    Case,
    CaseCounter,
    CaseEvent,
    CaseLevel,
    Source,
    State,
)
from zhiyin.act.cases.queries.owners import owner_for
from zhiyin.act.cases.queries.priority import (
    LevelBook,
    Subject,
    facts_about,
    main_answer,
)
from zhiyin.act.cases.services.defaults import load_defaults
from zhiyin.act.cases.services.suppressing import leave_customers_alone
from zhiyin.act.cases.services.telling import tell_owners
from zhiyin.act.cases.services.timing import set_all_clocks
from zhiyin.act.cases.services.writing import CaseError, Draft, set_close_by, set_next
from zhiyin.common import clock
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.responses.models import Response

LONGEST_SUMMARY = 300


@dataclass(frozen=True, kw_only=True)
class Matter:
    """What a new case is about, and who is meant to have it; the rest is found."""

    summary: str = ""
    customer: Customer | None = None
    response: Response | None = None
    department: Department | None = None
    owner: Person | None = None
    level: CaseLevel | None = None
    touchpoint: str = ""
    employee: str = ""
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def subject(self) -> Subject:
        """Return whom it is about and by which answer."""
        given = self.response
        return Subject(self.customer or (given.customer if given else None), given)


@transaction.atomic
def open_case(
    *,
    organisation: Organisation,
    matter: Matter,
    by: Person | None,
    source: str = Source.PERSON,
    source_key: str | None = None,
) -> Case:
    """Open a case with an owner and its clocks; the same `source_key` is one case."""
    if source_key is not None:
        # Holding the counter's row makes two who open cases wait for each other.
        _take_numbers(organisation, 0)
        known = Case.objects.of(organisation).filter(source_key=source_key).first()
        if known is not None:
            return known
    (case,) = _open(organisation, [(matter, source_key)], by, source)
    return case


@transaction.atomic
def open_cases(
    *,
    organisation: Organisation,
    matters: Sequence[Matter],
    by: Person | None,
    source: str,
) -> list[Case]:
    """Open a case for each of several matters, with a few queries for all of them."""
    if not matters:
        return []
    return _open(organisation, [(each, None) for each in matters], by, source)


def _open(
    organisation: Organisation,
    matters: Sequence[tuple[Matter, str | None]],
    by: Person | None,
    source: str,
) -> list[Case]:
    number = _take_numbers(organisation, len(matters))
    drafts = _drafts(organisation, [matter for matter, _key in matters], by)
    cases = [each.case for each in drafts]
    for place, (_matter, key) in enumerate(matters):
        cases[place].number = number + place
        cases[place].source, cases[place].source_key = source, key
    _settle(drafts)
    leave_customers_alone(cases)
    Case.objects.bulk_create(cases)
    CaseEvent.objects.bulk_create(line for each in drafts for line in each.lines)
    record_many(action="case.opened", actor=by, targets=cases, source=source)
    tell_owners(cases, by=by)
    return cases


def _take_numbers(organisation: Organisation, count: int) -> int:
    """Take some numbers and return the first; the counter stays locked meanwhile."""
    rows = CaseCounter.objects.filter(organisation=organisation)
    if not rows.update(last=F("last") + count):
        CaseCounter.objects.bulk_create(
            [CaseCounter(organisation=organisation)], ignore_conflicts=True
        )
        rows.update(last=F("last") + count)
    return rows.values_list("last", flat=True).get() - count + 1


def _drafts(
    organisation: Organisation, matters: Sequence[Matter], by: Person | None
) -> list[Draft]:
    book = LevelBook.of(organisation)
    subjects = [each.subject for each in matters]
    facts = facts_about(organisation, subjects, book.facts)
    levels = _levels(organisation, matters, facts, book)
    now = clock.now()
    drafts = []
    for matter, known, level in zip(matters, facts, levels, strict=True):
        case = _case(organisation, matter, level, now)
        case.value_tier = _told(known, "value_tier", 60)
        case.star_tier = _told(known, "star", 20)
        case.network = _told(known, "network", 20)
        case.owner = owner_for(organisation, case.department, matter.owner)
        draft = Draft(case, by, now)
        draft.note("opened", case.summary, level=level.code, **matter.detail)
        drafts.append(draft)
    return drafts


def _told(known: Mapping[str, Any], name: str, most: int) -> str:
    """Return a fact as a short text; 5.0 of a column of numbers is the tier 5."""
    value = known.get(name, "")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value)[:most]


def _levels(
    organisation: Organisation,
    matters: Sequence[Matter],
    facts: Sequence[dict[str, Any]],
    book: LevelBook,
) -> list[CaseLevel]:
    """Return a level for each; where none is in use the usual ones are loaded."""
    found = []
    for matter, known in zip(matters, facts, strict=True):
        level = matter.level or book.level_for(known)
        if level is None:
            load_defaults(organisation=organisation)
            book = LevelBook.of(organisation)
            level = book.level_for(known)
        if level is None:
            raise CaseError(
                _("No level is active. Switch one on under Cases > Levels first."),
            )
        found.append(level)
    return found


def _case(
    organisation: Organisation, matter: Matter, level: CaseLevel, now: dt.datetime
) -> Case:
    response, customer = matter.response, matter.subject.customer
    department = matter.department or (response.department if response else None)
    words = matter.summary or (response.comment if response else "")
    main = main_answer(response)
    return Case(
        organisation=organisation,
        level=level,
        state=State.NEW,
        state_since=now,
        opened_at=now,
        summary=" ".join(words.split())[:LONGEST_SUMMARY],
        customer=customer,
        response=response,
        department=department or (customer.department if customer else None),
        touchpoint=matter.touchpoint or (response.touchpoint if response else ""),
        employee=matter.employee or (response.employee if response else ""),
        score=main.score if main else None,
        given_class=main.given_class if main else "",
    )


def _settle(drafts: Sequence[Draft]) -> None:
    """Start the clocks, and write the first lines of the journals."""
    set_all_clocks([each.case for each in drafts], drafts[0].at)
    for draft in drafts:
        draft.lines[0].to_state = State.NEW
        if draft.case.owner is not None:
            draft.go(State.ASSIGNED, owner=draft.case.owner_id)
        set_close_by(draft.case, draft.at)
        set_next(draft.case)
