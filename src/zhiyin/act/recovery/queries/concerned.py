"""Whom news about a cause concerns: the customers of its closed cases, each once."""

from __future__ import annotations

import datetime as dt
import zoneinfo

from zhiyin.accounts.models import Person
from zhiyin.act.cases.models import Case, Cause, Outcome, State

NOT_CONCERNED = (Outcome.NO_CONTACT, Outcome.DUPLICATE)


def causes_below(cause: Cause) -> list[int]:
    """Return a cause and all that stand below it."""
    found = [cause.pk]
    layer = [cause.pk]
    while layer:
        below = Cause.objects.filter(parent_id__in=layer)
        layer = list(below.values_list("pk", flat=True))
        found += layer
    return found


def customers_concerned(
    person: Person, cause: Cause, since: dt.date
) -> dict[int, Case]:
    """Return each customer's newest case of the cause that closed since a day.

    Cases that the person may not see, and customers who wanted no contact, are left
    out.
    """
    zone = zoneinfo.ZoneInfo(person.organisation.time_zone)
    begins_at = dt.datetime.combine(since, dt.time(), zone)
    rows = (
        Case.objects.visible_to(person)
        .filter(
            state=State.CLOSED,
            closed_at__gte=begins_at,
            customer__isnull=False,
            causes__cause_id__in=causes_below(cause),
        )
        .exclude(outcome__in=NOT_CONCERNED)
        .select_related("customer")
        .order_by("-closed_at", "-pk")
    )
    newest: dict[int, Case] = {}
    for case in rows:
        if case.customer_id is not None:
            newest.setdefault(case.customer_id, case)
    return newest
