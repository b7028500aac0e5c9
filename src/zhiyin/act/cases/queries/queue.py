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
from zhiyin.act.cases.models import OVER, Case, CaseCause, CaseQuerySet, Cause
from zhiyin.common import clock
from zhiyin.common.confidential import keyed_hash, one_spelling
from zhiyin.listen.customers.models import SHOWN_TAIL, Customer, shown_tail_is

PAGE_ROWS = 50
COUNTED_UP_TO = 1_000
MOST_CUSTOMERS_FOUND = 200
LARGEST_NUMBER = 2**31 - 1
LONGEST_KEY = 18
MASK = "*"
MOST_TIERS = 20
STARS = ("一星", "二星", "三星", "四星", "五星", "银卡", "金卡", "白金", "钻石")
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
    star: str = ""
    cause: Cause | None = None
    department: Department | None = None
    is_overdue: bool = False
    is_closed: bool = False
    after: str = ""

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything but the open cases is asked for."""
        chosen = (self.scope, self.search, self.level, self.state, self.touchpoint)
        things = (self.star, self.cause, self.department)
        return any((*chosen, *things, self.is_overdue, self.is_closed))

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
    if wanted.star:
        rows = rows.filter(star_tier=wanted.star)
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


def star_tiers(person: Person) -> list[str]:
    """Return the star tiers of customers who have an open case, the highest first."""
    rows = Case.objects.of(person.organisation_id).open().exclude(star_tier="")
    tiers = rows.order_by().values_list("star_tier", flat=True).distinct()
    return sorted(tiers[:MOST_TIERS], key=rank_of_star, reverse=True)


def rank_of_star(tier: str) -> tuple[int, str]:
    """Return where a tier stands: by its number, else by the usual names."""
    digits = "".join(each for each in tier if each.isdecimal())
    if digits:
        return int(digits), tier
    known = [at for at, name in enumerate(STARS) if tier.startswith(name)]
    return (known[0] + 1 if known else 0), tier


def own_departments(person: Person) -> list[Department]:
    """Return the departments the person's roles were given in, and all below."""
    within = Q(pk__in=[])
    for given in person.assignments:
        if given.department is not None:
            within |= Q(path__startswith=given.department.path)
    return list(Department.objects.visible_to(person).filter(within))


def _with_cause(cause: Cause) -> Any:
    """Return the cases of a cause and all below it, named for the index to be used."""
    below = Q(pk=cause.pk) | Q(parent=cause) | Q(parent__parent=cause)
    causes = list(Cause.objects.filter(below).values_list("pk", flat=True))
    return CaseCause.objects.filter(cause__in=causes).values("case")


def _found_by(person: Person, search: str) -> Q:
    """Match the case's number, the customer's whole key, or the shown tail of it."""
    text = one_spelling(search)
    code = keyed_hash(person.organisation_id, text)
    known = Q(key_hash=code)
    if MASK in search:
        known |= Q(key_masked=search.strip())
    if len(text) <= SHOWN_TAIL:
        known |= shown_tail_is(text)
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
    """Return one page; open cases with the least time left first.

    Which cases these are is asked first, of one table in the order of an index; only
    then is read what is shown of them. In one statement the database would at times
    join everything that fits before it sorts.
    """
    rows = wanted_cases(person, wanted)
    if wanted.search or wanted.shows_closed:
        found = _newest_first(rows, wanted, size)
    else:
        found = _most_urgent_first(rows, wanted, size)
    shown = found[:size]
    key = _key(*shown[-1]) if len(found) > size else ""
    return CasePage(_with_what_is_shown([pk for _moment, pk in shown]), key)


def _with_what_is_shown(ids: list[int]) -> list[Case]:
    rows = Case.objects.filter(pk__in=ids).select_related(
        "level", "customer", "owner", "department", "response"
    )
    # What was recorded with the answer may be long and is not shown in a list.
    cases = {row.pk: row for row in rows.defer("response__attributes", "action_taken")}
    return [cases[pk] for pk in ids if pk in cases]


_Place = tuple[dt.datetime | None, int]


def _newest_first(rows: CaseQuerySet, wanted: WantedCases, size: int) -> list[_Place]:
    moment, pk = _read_key(wanted.after)
    column = "opened_at" if wanted.search else "closed_at"
    if moment is not None:
        at_or_before = rows.filter(**{f"{column}__lte": moment})
        rows = at_or_before.exclude(**{column: moment, "pk__gte": pk})
    places = rows.order_by(f"-{column}", "-pk").values_list(column, "pk")
    return list(places[: size + 1])


def _most_urgent_first(
    rows: CaseQuerySet, wanted: WantedCases, size: int
) -> list[_Place]:
    """Find those with a clock first, then those without one.

    The two are found apart: one condition over both would keep the database from
    beginning in the middle of the index.
    """
    moment, pk = _read_key(wanted.after)
    found: list[_Place] = []
    if not wanted.after.startswith(_WITHOUT_LIMIT):
        timed = rows.filter(next_due_at__isnull=False)
        if moment is not None:
            timed = timed.filter(next_due_at__gte=moment)
            timed = timed.exclude(next_due_at=moment, pk__lte=pk)
        places = timed.order_by("next_due_at", "pk").values_list("next_due_at", "pk")
        found = list(places[: size + 1])
        pk = 0
    if len(found) <= size:
        untimed = rows.filter(next_due_at=None, pk__gt=pk).order_by("pk")
        places = untimed.values_list("next_due_at", "pk")
        found += list(places[: size + 1 - len(found)])
    return found


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
