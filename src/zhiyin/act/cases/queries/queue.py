"""The queue: open cases by time left, filtered by the address, read by keyset.

With a million cases a page must not count them all nor skip over rows: a page goes
on after the last row of the one before, and numbers stop at a ceiling.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q

from zhiyin.accounts.models import Department, Person
from zhiyin.act.cases.models import OVER, Case, CaseQuerySet, Cause
from zhiyin.common import clock
from zhiyin.common.confidential import keyed_hash, one_spelling
from zhiyin.listen.customers.models import Customer

PAGE_ROWS = 50
COUNTED_UP_TO = 1_000
LONGEST_TAIL = 4
MOST_CUSTOMERS_FOUND = 200
LARGEST_NUMBER = 2**31 - 1
LONGEST_KEY = 18
SCOPES = ("mine", "department", "unassigned")
_WITHOUT_LIMIT = "none"


@dataclass(frozen=True, kw_only=True)
class WantedCases:
    """What the queue shows; `scope` is "" or one of `SCOPES`."""

    scope: str = ""
    search: str = ""
    level: str = ""
    state: str = ""
    touchpoint: str = ""
    cause: Cause | None = None
    department: Department | None = None
    is_overdue: bool = False
    is_closed: bool = False
    after: str = ""

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything but the open cases is asked for."""
        chosen = (self.scope, self.search, self.level, self.state, self.touchpoint)
        things = (self.cause, self.department, self.is_overdue, self.is_closed)
        return any(chosen) or any(things)

    @property
    def shows_closed(self) -> bool:
        """Tell whether closed cases are read, the last closed first."""
        return self.is_closed or self.state in OVER


@dataclass(frozen=True)
class CasePage:
    """One page of cases, and the key of the next one."""

    rows: list[Case]
    next_key: str


def wanted_cases(person: Person, wanted: WantedCases) -> CaseQuerySet:
    """Return the cases this person sees under these filters, in no order."""
    rows = Case.objects.visible_to(person)
    if wanted.search:
        # Whoever searches for one case wants it, closed or not.
        return rows.filter(_found_by(person, wanted.search))
    rows = rows.exclude(closed_at=None) if wanted.shows_closed else rows.open()
    rows = _narrow_to_people(rows, person, wanted)
    if wanted.level:
        rows = rows.filter(level__code=wanted.level)
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.touchpoint:
        rows = rows.filter(touchpoint=wanted.touchpoint)
    if wanted.cause is not None:
        rows = rows.filter(pk__in=_with_cause(wanted.cause))
    if wanted.is_overdue:
        rows = rows.filter(next_due_at__lt=clock.now())
    return rows


def _narrow_to_people(
    rows: CaseQuerySet, person: Person, wanted: WantedCases
) -> CaseQuerySet:
    if wanted.scope == "mine":
        rows = rows.filter(owner=person)
    elif wanted.scope == "unassigned":
        rows = rows.filter(owner=None)
    elif wanted.scope == "department":
        rows = rows.filter(department__in=own_departments(person))
    if wanted.department is not None:
        rows = rows.filter(department__in=Department.objects.within(wanted.department))
    return rows


def own_departments(person: Person) -> list[Department]:
    """Return the departments the person's roles were given in, and all below."""
    within = Q(pk__in=[])
    for given in person.assignments:
        if given.department is not None:
            within |= Q(path__startswith=given.department.path)
    return list(Department.objects.visible_to(person).filter(within))


def _with_cause(cause: Cause) -> Any:
    below = Q(causes__cause=cause) | Q(causes__cause__parent=cause)
    below |= Q(causes__cause__parent__parent=cause)
    return Case.objects.of(cause.organisation_id).filter(below).values("pk")


def _found_by(person: Person, search: str) -> Q:
    """Match the case's number, the customer's whole key, or the shown tail of it."""
    text = one_spelling(search)
    code = keyed_hash(person.organisation_id, text)
    known = Q(key_hash=code) | Q(key_masked=search.strip())
    if len(text) <= LONGEST_TAIL:
        known |= Q(key_masked__endswith=text)
    customers = Customer.objects.of(person.organisation_id).filter(known)
    ids = list(customers.values_list("pk", flat=True)[:MOST_CUSTOMERS_FOUND])
    found = Q(customer__in=ids)
    digits = search.strip().lstrip("#")
    if digits.isdecimal() and int(digits) <= LARGEST_NUMBER:
        found |= Q(number=int(digits))
    return found


def case_page(
    person: Person, wanted: WantedCases, *, size: int = PAGE_ROWS
) -> CasePage:
    """Return one page; open cases with the least time left first."""
    rows = wanted_cases(person, wanted).select_related(
        "level", "customer", "owner", "department", "response"
    )
    # What was recorded with the answer may be long and is not shown in a list.
    rows = rows.defer("response__attributes", "action_taken")
    if wanted.search or wanted.shows_closed:
        return _newest_first(rows, wanted, size)
    return _most_urgent_first(rows, wanted, size)


def _newest_first(rows: CaseQuerySet, wanted: WantedCases, size: int) -> CasePage:
    moment, pk = _read_key(wanted.after)
    column = "opened_at" if wanted.search else "closed_at"
    if moment is not None:
        at_or_before = rows.filter(**{f"{column}__lte": moment})
        rows = at_or_before.exclude(**{column: moment, "pk__gte": pk})
    found = list(rows.order_by(f"-{column}", "-pk")[: size + 1])
    shown = found[:size]
    key = _key(getattr(shown[-1], column), shown[-1].pk) if len(found) > size else ""
    return CasePage(shown, key)


def _most_urgent_first(rows: CaseQuerySet, wanted: WantedCases, size: int) -> CasePage:
    """Read those with a clock first, then those without one.

    The two are read apart: one condition over both would keep the database from
    beginning in the middle of the index.
    """
    moment, pk = _read_key(wanted.after)
    found: list[Case] = []
    if not wanted.after.startswith(_WITHOUT_LIMIT):
        timed = rows.filter(next_due_at__isnull=False)
        if moment is not None:
            timed = timed.filter(next_due_at__gte=moment)
            timed = timed.exclude(next_due_at=moment, pk__lte=pk)
        found = list(timed.order_by("next_due_at", "pk")[: size + 1])
        pk = 0
    if len(found) <= size:
        untimed = rows.filter(next_due_at=None, pk__gt=pk).order_by("pk")
        found += list(untimed[: size + 1 - len(found)])
    shown = found[:size]
    more = len(found) > size
    return CasePage(shown, _key(shown[-1].next_due_at, shown[-1].pk) if more else "")


def _key(moment: dt.datetime | None, pk: int) -> str:
    if moment is None:
        return f"{_WITHOUT_LIMIT}_{pk}"
    return f"{moment.astimezone(dt.UTC).strftime('%Y%m%dT%H%M%S.%f')}_{pk}"


def _read_key(key: str) -> tuple[dt.datetime | None, int]:
    """Read what `_key` wrote; a key somebody made up begins at the beginning."""
    text, _sign, number = key.partition("_")
    pk = int(number) if number.isdecimal() and len(number) <= LONGEST_KEY else 0
    try:
        moment = dt.datetime.strptime(text, "%Y%m%dT%H%M%S.%f")  # noqa: DTZ007
    except ValueError:
        return None, pk
    return moment.replace(tzinfo=dt.UTC), pk


def count_cases(person: Person, wanted: WantedCases) -> tuple[int, bool]:
    """Return how many there are, and whether counting stopped before the end."""
    some = wanted_cases(person, wanted).order_by().values("pk")[: COUNTED_UP_TO + 1]
    number = some.count()
    return min(number, COUNTED_UP_TO), number > COUNTED_UP_TO


def cases_in_order(person: Person, wanted: WantedCases) -> CaseQuerySet:
    """Return everything the filters let through, for a file."""
    rows = wanted_cases(person, wanted).select_related(
        "level", "customer", "owner", "department", "response"
    )
    return rows.order_by(F("next_due_at").asc(nulls_last=True), "pk")
