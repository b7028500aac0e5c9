"""The journey: its stages, their touchpoints, and how much is heard at each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from zhiyin.accounts.models import Person
from zhiyin.common import clock
from zhiyin.listen.customers.models import AttributeField
from zhiyin.listen.programs.models import (
    FrameMember,
    FrameState,
    Programme,
    Stage,
    Touchpoint,
)

MOST_VALUES = 30
VALUES_LOOKED_AT = 2000


@dataclass(frozen=True)
class KeyUsers:
    """Customers who matter most: those with one value of one recorded field."""

    code: str = ""
    value: str = ""

    def condition(self, prefix: str) -> Q:
        """Return it for rows whose recorded fields lie under a prefix."""
        if not (self.code and self.value):
            return Q()
        name = f"{prefix}attributes__{self.code}"
        found = Q(**{name: self.value})
        # A field of numbers is kept as a number.
        if self.value.isdigit():
            found |= Q(**{name: int(self.value)})
        return found


@dataclass(frozen=True)
class Stop:
    """One touchpoint on the map."""

    touchpoint: Touchpoint
    programme: Programme | None
    wished: int
    sent: int
    answers: int

    @property
    def level(self) -> int:
        """Return 0 to 4: silent, then as answers go up by tens."""
        return min(4, len(str(self.answers))) if self.answers else 0


@dataclass(frozen=True)
class Leg:
    """One stage of the journey with its touchpoints."""

    label: str
    stops: Sequence[Stop]

    @property
    def answers(self) -> int:
        """Return how many answers were given at the stage."""
        return sum(stop.answers for stop in self.stops)


# Answers by the code of their touchpoint, for a person, since a moment.
CountAnswers = Callable[[Person, dt.datetime, KeyUsers], dict[str, int]]
_counters: dict[str, CountAnswers] = {}


def journey(person: Person, *, days: int, users: KeyUsers) -> list[Leg]:
    """Return the stages in order; touchpoints without a stage come last."""
    since = clock.now() - dt.timedelta(days)
    answers = _answers(person, since, users)
    frames = _frames(person, since, users)
    programmes = {
        one.touchpoint_id: one for one in Programme.objects.visible_to(person)
    }
    legs: dict[str, list[Stop]] = {stage: [] for stage in [*Stage.values, ""]}
    for one in Touchpoint.objects.visible_to(person).filter(is_active=True):
        wished, sent = frames.get(one.pk, (0, 0))
        legs[one.stage].append(
            Stop(one, programmes.get(one.pk), wished, sent, answers.get(one.code, 0))
        )
    names = {**dict(Stage.choices), "": ""}
    return [Leg(str(names[code]), stops) for code, stops in legs.items() if stops]


def register_answers(count: CountAnswers) -> None:
    """Tell who counts answers; the app that keeps them does it when it starts."""
    _counters["answers"] = count


def _answers(person: Person, since: dt.datetime, users: KeyUsers) -> dict[str, int]:
    count = _counters.get("answers")
    return count(person, since, users) if count else {}


def _frames(
    person: Person, since: dt.datetime, users: KeyUsers
) -> dict[int, tuple[int, int]]:
    rows = FrameMember.objects.visible_to(person).filter(
        users.condition(""),
        created_at__gte=since,
        programme__touchpoint__isnull=False,
    )
    counted = rows.values("programme__touchpoint").annotate(
        n=Count("pk"), sent=Count("pk", filter=Q(state=FrameState.SENT))
    )
    return {
        row["programme__touchpoint"]: (row["n"], row["sent"])
        for row in counted.order_by()
    }


def key_fields(person: Person) -> list[AttributeField]:
    """Return the fields by which key users can be told."""
    rows = AttributeField.objects.visible_to(person).for_conditions()
    rows = rows.filter(is_shown=True)
    return list(rows.order_by("label"))


def values_of(person: Person, code: str) -> list[str]:
    """Return the values that a field has had among customers asked of late."""
    if not code:
        return []
    rows: Any = FrameMember.objects.visible_to(person).filter(attributes__has_key=code)
    newest = rows.order_by("-pk").values_list("attributes", flat=True)
    found = {str(one[code]) for one in newest[:VALUES_LOOKED_AT]}
    return sorted(found)[:MOST_VALUES]
