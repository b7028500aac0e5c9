"""The list of requests, the most urgent first."""

from __future__ import annotations

from django.db.models import Case, F, IntegerField, QuerySet, Value, When

from zhiyin.accounts.models import Person
from zhiyin.act.privacy.models import CLOSED, SubjectRequest

OPEN = "open"


def requests_seen_by(
    person: Person, *, state: str = "", kind: str = ""
) -> QuerySet[SubjectRequest]:
    """Return requests, open ones by the time left, then the closed, newest first."""
    rows = SubjectRequest.objects.visible_to(person).select_related("owner", "customer")
    if state == OPEN:
        rows = rows.waiting()
    elif state:
        rows = rows.filter(state=state)
    if kind:
        rows = rows.filter(kind=kind)
    is_closed = Case(
        When(state__in=CLOSED, then=Value(1)),
        default=Value(0),
        output_field=IntegerField(),
    )
    return rows.annotate(is_done=is_closed).order_by(
        "is_done", F("closed_at").desc(nulls_first=True), "due_at", "pk"
    )
