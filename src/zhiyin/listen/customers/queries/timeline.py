"""One customer's time line, gathered from whoever has something to tell.

An app that knows something of customers registers a source in its
`AppConfig.ready()`; this app knows none of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import Person
from zhiyin.listen.customers.models import Customer


class MomentKind(models.TextChoices):
    """What sort of thing a moment is; the page filters by it."""

    SAID = "said", _("what the customer said")
    DID = "did", _("what we did")
    HAPPENED = "happened", _("what happened")


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One thing at one time: a title, a line of text, and where to read more.

    `tone` is "", "promoter", "passive", "detractor", "good" or "warm". `text_is_theirs`
    marks the customer's own words.
    """

    at: dt.datetime
    kind: str
    title: str
    text: str = ""
    tone: str = ""
    url: str = ""
    text_is_theirs: bool = False


@dataclass(frozen=True)
class Question:
    """A link from the customer's page to an answer elsewhere."""

    label: str
    url: str


Fetch = Callable[[Customer, Person, int], list[Moment]]
Ask = Callable[[Customer, Person], Question | None]
_sources: dict[str, Fetch] = {}
_questions: dict[str, Ask] = {}


def register_source(name: str, fetch: Fetch) -> None:
    """Add a source of moments; a name given again replaces it.

    `fetch(customer, person, limit)` returns at most so many moments, the newest
    first, and only what this person may see.
    """
    _sources[name] = fetch


def register_question(name: str, ask: Ask) -> None:
    """Add a link to the page; `ask` returns None for whoever may not go there."""
    _questions[name] = ask


def timeline(
    customer: Customer,
    person: Person,
    *,
    kind: str = "",
    limit: int = 60,
) -> list[Moment]:
    """Return what is known to have happened with a customer, the newest first."""
    gathered = [
        moment
        for name in sorted(_sources)
        for moment in _sources[name](customer, person, limit)
        if kind in {"", moment.kind}
    ]
    return sorted(gathered, key=lambda moment: moment.at, reverse=True)[:limit]


def questions(customer: Customer, person: Person) -> list[Question]:
    """Return the links other apps offer about this customer."""
    asked = (_questions[name](customer, person) for name in sorted(_questions))
    return [each for each in asked if each is not None]
