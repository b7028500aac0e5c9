"""One person's ratings over time: how old each is, and where they are heading."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from zhiyin.accounts.models import Person
from zhiyin.common import clock
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.queries import Panel, register_panel
from zhiyin.listen.programs.models import Touchpoint
from zhiyin.listen.responses.models import Answer, Response

RATINGS_SHOWN = 8
# What was said longer ago tells of another time.
STALE_AFTER = dt.timedelta(days=180)


@dataclass(frozen=True)
class Rating:
    """One score of one person at one time."""

    at: dt.datetime
    score: float
    scale_max: int
    given_class: str
    about: str
    response: int

    @property
    def days_old(self) -> int:
        """Return how many whole days ago it was given."""
        return (clock.now() - self.at).days

    @property
    def is_stale(self) -> bool:
        """Tell whether it is too old to speak of today."""
        return clock.now() - self.at > STALE_AFTER


@dataclass(frozen=True)
class Ratings:
    """One person's scores on one scale, the newest first."""

    kind: str
    scale_max: int
    ratings: list[Rating]

    @property
    def newest(self) -> Rating:
        """Return the newest score."""
        return self.ratings[0]

    @property
    def path(self) -> str:
        """Return the scores in the order in which they were given."""
        return " → ".join(f"{each.score:g}" for each in reversed(self.ratings))

    @property
    def trend(self) -> str:
        """Return where this person's scores are heading, in words.

        The newest is held against the mean of those before it; a single person's
        scores carry no interval, so only a whole point counts as a change.
        """
        earlier = [each.score for each in self.ratings[1:]]
        if not earlier:
            return _("one answer only, no trend")
        change = self.newest.score - sum(earlier) / len(earlier)
        if change >= 1:
            return _("higher than before")
        if change <= -1:
            return _("lower than before")
        return _("as before")


def ratings_of(customer: Customer, person: Person) -> list[Ratings]:
    """Return a customer's scores by kind and scale, as far as this person sees them."""
    seen = Response.objects.visible_to(person).filter(customer=customer)
    rows = Answer.objects.filter(
        response__in=seen, score__isnull=False, is_primary=True
    ).select_related("response")
    names = dict(
        Touchpoint.objects.of(customer.organisation_id).values_list("code", "name")
    )
    found: dict[tuple[str, int], list[Rating]] = {}
    for answer in rows.order_by("-response__responded_at", "-pk"):
        scale = answer.scale_max or 0
        found.setdefault((answer.kind, scale), []).append(_rating(answer, names))
    return [
        Ratings(kind.upper(), scale, ratings[:RATINGS_SHOWN])
        for (kind, scale), ratings in found.items()
    ]


def _rating(answer: Answer, names: dict[str, str]) -> Rating:
    response = answer.response
    about = names.get(response.touchpoint, response.touchpoint) or response.wave
    return Rating(
        at=response.responded_at,
        score=answer.score or 0.0,
        scale_max=answer.scale_max or 0,
        given_class=answer.given_class,
        about=about or str(response.get_stream_display()),
        response=response.pk,
    )


def ratings_panel(customer: Customer, person: Person) -> Panel | None:
    """Return the card of ratings; None for who never gave one."""
    shown = ratings_of(customer, person)
    return Panel("responses/_ratings.html", shown) if shown else None


def register_panels() -> None:
    """Offer the card to the customer's page."""
    register_panel("a_ratings", ratings_panel)
