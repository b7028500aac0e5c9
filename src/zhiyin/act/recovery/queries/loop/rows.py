"""The cases of a report as plain rows, with all that its numbers look at."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet

from zhiyin.accounts.models import Organisation
from zhiyin.act.cases.models import (
    Case,
    CaseCause,
    CaseEvent,
    CaseQuerySet,
    ContactAttempt,
    Outcome,
    State,
)
from zhiyin.act.recovery.models import Remeasurement
from zhiyin.listen.responses.models import Answer

# More than these are cut to the newest, and the report says so.
MOST_CASES = 200_000
DETRACTOR = "detractor"
_COLUMNS = (
    "pk", "customer_id", "department_id", "owner_id", "touchpoint", "value_tier",
    "star_tier", "network", "opened_at", "contact_by", "contacted_at", "resolve_by",
    "resolved_at", "explained_at", "closed_at", "customer_told", "given_class",
    "outcome", "state",
)  # fmt: skip


@dataclass(frozen=True)
class Given:
    """One scored answer of a customer."""

    at: dt.datetime
    given_class: str
    response: int


@dataclass
class Row:
    """One case. `settled_at` is when the customer first had an answer or it closed."""

    pk: int
    customer_id: int | None
    department_id: int | None
    owner_id: int | None
    touchpoint: str
    value_tier: str
    star_tier: str
    network: str
    opened_at: dt.datetime
    contact_by: dt.datetime | None
    contacted_at: dt.datetime | None
    resolve_by: dt.datetime | None
    resolved_at: dt.datetime | None
    explained_at: dt.datetime | None
    closed_at: dt.datetime | None
    customer_told: bool | None
    given_class: str
    outcome: str
    state: str
    cause_id: int | None = None
    was_tried: bool = False
    settled_at: dt.datetime | None = None
    first_closed_at: dt.datetime | None = None
    reopened_at: dt.datetime | None = None
    resurvey: int | None = None


@dataclass(frozen=True)
class Reach:
    """Which cases a report is about: a period, and where the person's role reaches."""

    organisation: Organisation
    start: dt.datetime | None = None
    end: dt.datetime | None = None
    paths: tuple[str, ...] | None = None
    department: str = ""
    touchpoint: str = ""

    def cases(self) -> CaseQuerySet:
        """Return the cases, those that were put together with others left out."""
        rows = Case.objects.of(self.organisation).exclude(outcome=Outcome.DUPLICATE)
        rows = rows.exclude(state=State.MERGED).filter(self.where("department"))
        if self.touchpoint:
            rows = rows.filter(touchpoint=self.touchpoint)
        return rows

    def opened(self) -> QuerySet[Case]:
        """Return those opened within the period."""
        return self.cases().filter(self.during("opened_at"))

    def where(self, name: str) -> Q:
        """Return the condition that a department lies within reach."""
        within = Q()
        if self.paths is not None:
            within = Q(pk__in=[])
            for path in self.paths:
                within |= Q(**{f"{name}__path__startswith": path})
        if self.department:
            within &= Q(**{f"{name}__path__startswith": self.department})
        return within

    def during(self, name: str) -> Q:
        """Return the condition that a moment lies within the period."""
        found = Q()
        if self.start:
            found &= Q(**{f"{name}__gte": self.start})
        if self.end:
            found &= Q(**{f"{name}__lt": self.end})
        return found


@dataclass(frozen=True)
class Rows:
    """The cases of a report, and every scored answer of their customers."""

    cases: list[Row]
    answers: Mapping[int, list[Given]] = field(default_factory=dict)
    is_cut: bool = False

    def after(
        self, customer: int | None, moment: dt.datetime, within: dt.timedelta
    ) -> list[Given]:
        """Return a customer's answers after a moment, within a time, in order."""
        if customer is None:
            return []
        return [
            each
            for each in self.answers.get(customer, [])
            if moment < each.at <= moment + within
        ]


def read_rows(reach: Reach) -> Rows:
    """Read the cases opened in the period with what hangs on them."""
    cases = reach.opened().order_by("-opened_at", "-pk")
    found = [Row(*values) for values in cases.values_list(*_COLUMNS)[:MOST_CASES]]
    by_pk = {row.pk: row for row in found}
    chosen = reach.opened().order_by()
    _read_causes(by_pk, chosen)
    _read_attempts(by_pk, chosen)
    _read_journal(by_pk, chosen)
    _read_resurveys(by_pk, chosen)
    customers = chosen.filter(customer__isnull=False).values("customer_id")
    answers = answers_of(Q(response__customer_id__in=customers))
    return Rows(found, answers, is_cut=len(found) == MOST_CASES)


def _read_causes(rows: Mapping[int, Row], chosen: QuerySet[Case]) -> None:
    causes = CaseCause.objects.filter(is_primary=True, case__in=chosen.values("pk"))
    for case, cause in causes.order_by().values_list("case_id", "cause_id"):
        if case in rows:
            rows[case].cause_id = cause


def _read_attempts(rows: Mapping[int, Row], chosen: QuerySet[Case]) -> None:
    tried = ContactAttempt.objects.filter(case__in=chosen.values("pk"))
    for case in tried.order_by().values_list("case_id", flat=True).distinct():
        if case in rows:
            rows[case].was_tried = True


def _read_journal(rows: Mapping[int, Row], chosen: QuerySet[Case]) -> None:
    """Take the first answer, closing and reopening from what was written down then."""
    lines = CaseEvent.objects.filter(
        case__in=chosen.values("pk"),
        to_state__in=(State.CLOSED, State.EXPLAINED_PENDING, State.REOPENED),
    )
    columns = ("case_id", "to_state", "at", "detail")
    for case, state, at, detail in lines.order_by("at", "pk").values_list(*columns):
        row = rows.get(case)
        if row is None:
            continue
        if state == State.REOPENED:
            if row.reopened_at is None:
                row.reopened_at = at
                _as_it_was(row, detail)
            continue
        row.settled_at = row.settled_at or at
        if state == State.CLOSED:
            row.first_closed_at = row.first_closed_at or at
    for row in rows.values():
        row.first_closed_at = row.first_closed_at or row.closed_at
        known = [each for each in (row.explained_at, row.first_closed_at) if each]
        row.settled_at = row.settled_at or (min(known) if known else None)


def _as_it_was(row: Row, detail: Mapping[str, Any]) -> None:
    """Judge a reopened case by its first clock, which reopening sets anew."""
    for name in ("resolve_by", "resolved_at", "explained_at"):
        if name in detail:
            text = detail[name]
            setattr(row, name, dt.datetime.fromisoformat(text) if text else None)


def _read_resurveys(rows: Mapping[int, Row], chosen: QuerySet[Case]) -> None:
    asked = Remeasurement.objects.filter(
        case__in=chosen.values("pk"), response__isnull=False
    )
    for case, response in asked.order_by("turn").values_list("case_id", "response_id"):
        if case in rows:
            rows[case].resurvey = response


def answers_of(where: Q) -> dict[int, list[Given]]:
    """Return the valid answers with a class of the customers meant, each in order."""
    rows = Answer.objects.filter(
        where,
        is_primary=True,
        score__isnull=False,
        promoter_min__isnull=False,
        response__excluded="",
    ).order_by("response__responded_at", "pk")
    found: dict[int, list[Given]] = defaultdict(list)
    columns = rows.values_list(
        "response__customer_id", "response__responded_at", "score", "detractor_max",
        "promoter_min", "response_id",
    )  # fmt: skip
    for customer, at, score, low, high, response in columns:
        if customer is not None and score is not None and high is not None:
            found[customer].append(Given(at, _class(score, low, high), response))
    return found


def _class(score: float, low: int | None, high: int) -> str:
    if low is not None and score <= low:
        return DETRACTOR
    return "promoter" if score >= high else "passive"


def first_of_each(rows: Iterable[Row]) -> list[Row]:
    """Return one case per customer: the first one opened."""
    seen: dict[int, Row] = {}
    for row in sorted(rows, key=lambda each: (each.opened_at, each.pk)):
        if row.customer_id is not None:
            seen.setdefault(row.customer_id, row)
    return list(seen.values())
