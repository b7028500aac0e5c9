"""How much was heard at each touchpoint, for the map of the journey."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count

from zhiyin.accounts.models import Person
from zhiyin.listen.programs.queries.journey import KeyUsers, register_answers
from zhiyin.listen.responses.models import Response


def answers_by_touchpoint(
    person: Person, since: dt.datetime, users: KeyUsers
) -> dict[str, int]:
    """Count the answers that count, by the code of the touchpoint they name.

    Answers of a link and answers of an import are told apart by nothing here.
    """
    rows = Response.objects.visible_to(person).filter(
        users.condition(""), responded_at__gte=since, excluded=""
    )
    counted = rows.exclude(touchpoint="").values("touchpoint").annotate(n=Count("pk"))
    return {row["touchpoint"]: row["n"] for row in counted.order_by()}


def register_counts() -> None:
    """Offer the counts to the map."""
    register_answers(answers_by_touchpoint)
