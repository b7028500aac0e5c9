"""Detractors with whom nobody spoke: what happens to the unhappy by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.db.models import Exists, F, OuterRef, Q

from zhiyin.act.cases.models import Case
from zhiyin.act.cases.queries.needs import settings_of
from zhiyin.act.cases.queries.priority import USUAL_FIELDS
from zhiyin.act.recovery.queries.loop.rows import (
    DETRACTOR,
    MOST_CASES,
    Given,
    Reach,
    Row,
    Rows,
    answers_of,
    first_of_each,
)
from zhiyin.listen.customers.queries import known_of
from zhiyin.listen.responses.models import Answer


@dataclass(frozen=True)
class Person:
    """A customer in a comparison: when the clock began, and from when answers count."""

    customer: int
    began_at: dt.datetime
    answers_after: dt.datetime
    resurvey: int | None = None
    touchpoint: str = ""
    value_tier: str = ""


@dataclass(frozen=True)
class Sides:
    """Detractors who were spoken with, and those who were not; each customer once."""

    contacted: list[Person]
    alone: list[Person]
    answers: Mapping[int, list[Given]]


def sides_of(rows: Rows, reach: Reach) -> Sides:
    """Divide the detractors of the period by whether anybody spoke with them.

    Those left alone are customers of cases without any contact, and customers who
    gave a detractor's score in the period and had no case at all.
    """
    unhappy = first_of_each(
        row for row in rows.cases if row.given_class == DETRACTOR and row.customer_id
    )
    contacted = [_person(row) for row in unhappy if row.contacted_at]
    alone = [_person(row) for row in unhappy if row.contacted_at is None]
    without_case = _without_case(reach)
    if any(each.value_tier for each in contacted):
        without_case = _with_tiers(without_case, reach)
    more = answers_of(
        Q(response__customer_id__in=[each.customer for each in without_case])
        if len(without_case) < _LISTED
        else Q(response__organisation=reach.organisation)
    )
    return Sides(contacted, alone + without_case, {**more, **rows.answers})


_LISTED = 500


def _person(row: Row) -> Person:
    return Person(
        customer=row.customer_id or 0,
        began_at=row.opened_at,
        answers_after=row.settled_at or row.opened_at,
        resurvey=row.resurvey,
        touchpoint=row.touchpoint,
        value_tier=row.value_tier,
    )


def _with_tiers(people: list[Person], reach: Reach) -> list[Person]:
    """Add the value tier to customers who had no case that would have kept it."""
    named = settings_of(reach.organisation).fields
    code = named.get("value_tier", USUAL_FIELDS["value_tier"])
    known = known_of([each.customer for each in people], codes=[code])
    return [
        replace(each, value_tier=str(known.get(each.customer, {}).get(code, "")))
        for each in people
    ]


def _without_case(reach: Reach) -> list[Person]:
    """Return the customers of detractors' answers of the period who had no case."""
    known = Case.objects.filter(customer=OuterRef("response__customer"))
    rows = Answer.objects.filter(
        ~Exists(known),
        reach.where("response__department"),
        reach.during("response__responded_at"),
        is_primary=True,
        promoter_min__isnull=False,
        score__lte=F("detractor_max"),
        response__organisation=reach.organisation,
        response__excluded="",
        response__customer__isnull=False,
    )
    if reach.touchpoint:
        rows = rows.filter(response__touchpoint=reach.touchpoint)
    columns = rows.order_by("response__responded_at", "pk").values_list(
        "response__customer_id", "response__responded_at", "response__touchpoint"
    )
    found: dict[int, Person] = {}
    for customer, at, touchpoint in columns[:MOST_CASES]:
        if customer is not None and customer not in found:
            found[customer] = Person(customer, at, at, touchpoint=touchpoint)
    return list(found.values())
