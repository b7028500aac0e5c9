"""The list of responses: filters, pages by key, rows ready to read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from zhiyin.accounts.models import Person
from zhiyin.common import clock
from zhiyin.listen.programs.models import SurveyLink, Touchpoint
from zhiyin.listen.responses.models import LAST_CHANGE, Response, ResponseQuerySet

PER_PAGE = 50
# Counting a million rows to show a number nobody reads is not worth the wait.
COUNTED_TO = 1_000
SETTLED_AFTER = dt.timedelta(seconds=10)
CLASSES = {
    "promoter": Q(answers__score__gte=F("answers__promoter_min")),
    "passive": Q(
        answers__score__lt=F("answers__promoter_min"),
        answers__score__gt=F("answers__detractor_max"),
    ),
    "detractor": Q(answers__score__lte=F("answers__detractor_max")),
}


@dataclass(frozen=True)
class ResponseFilter:
    """What the list is narrowed to; empty narrows nothing."""

    search: str = ""
    stream: str = ""
    touchpoint: str = ""
    given_class: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    # None narrows nothing: excluded answers and those that count.
    excluded: bool | None = False
    link: int | None = None
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class ResponseRow:
    """One response with its main answer and what it was about."""

    response: Response
    about: str
    score: float | None = None
    scale_max: int | None = None
    given_class: str = ""


def _row(response: Response, names: Mapping[str, str]) -> ResponseRow:
    """Read the row of a response whose answers are loaded."""
    about = (
        names.get(response.touchpoint, response.touchpoint)
        or response.wave
        or response.get_stream_display()
    )
    main = next((a for a in response.answers.all() if a.is_primary), None)
    if main is None:
        return ResponseRow(response, about)
    return ResponseRow(
        response,
        about,
        main.score,
        main.scale_max,
        main.given_class,
    )


@dataclass(frozen=True)
class ResponsePage:
    """A page of the list; `next_key` leads to the older ones."""

    rows: list[ResponseRow]
    next_key: str


def _moment(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), timezone.get_current_timezone())


def _key(response: Response) -> str:
    return f"{response.responded_at.astimezone(dt.UTC).isoformat()}_{response.pk}"


def _place(key: str) -> tuple[dt.datetime, int] | None:
    text, _underscore, number = key.rpartition("_")
    try:
        moment, pk = dt.datetime.fromisoformat(text), int(number)
    except ValueError:
        return None
    return None if timezone.is_naive(moment) else (moment, pk)


def _older(rows: ResponseQuerySet, key: str) -> ResponseQuerySet:
    place = _place(key)
    if place is None:
        return rows
    moment, pk = place
    return rows.filter(
        Q(responded_at__lt=moment) | Q(responded_at=moment, pk__lt=pk),
    )


def narrowed(person: Person, wanted: ResponseFilter) -> ResponseQuerySet:
    """Return the responses a person may see, narrowed, newest first."""
    rows: ResponseQuerySet = Response.objects.visible_to(person)
    if wanted.excluded is not None:
        # Not "unlike nothing" but "after nothing": an index can follow that.
        said = {"excluded__gt": ""} if wanted.excluded else {"excluded": ""}
        rows = rows.filter(**said)
    if wanted.search:
        rows = rows.filter(comment__icontains=wanted.search)
    exact = {
        "stream": wanted.stream,
        "touchpoint": wanted.touchpoint,
        "link_id": wanted.link,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if wanted.given_class in CLASSES:
        rows = rows.filter(CLASSES[wanted.given_class], answers__is_primary=True)
    if wanted.since:
        rows = rows.filter(responded_at__gte=_moment(wanted.since))
    if wanted.until:
        rows = rows.filter(
            responded_at__lt=_moment(wanted.until + dt.timedelta(days=1)),
        )
    return rows.order_by("-responded_at", "-pk")


def _read(rows: ResponseQuerySet) -> ResponseQuerySet:
    together = ("customer", "department", "instrument_version__instrument")
    return rows.select_related(*together).prefetch_related("answers")


def response_page(
    person: Person,
    wanted: ResponseFilter,
    size: int = PER_PAGE,
) -> ResponsePage:
    """Return one page of responses with what the list shows of each."""
    rows = narrowed(person, wanted)
    if wanted.before:
        rows = _older(rows, wanted.before)
    shown = list(_read(rows)[: size + 1])
    return _page(person, shown, size, _key)


def _page(
    person: Person,
    found: list[Response],
    size: int,
    key_of: Callable[[Response], str],
) -> ResponsePage:
    shown = found[:size]
    names = touchpoint_names(person, (response.touchpoint for response in shown))
    return ResponsePage(
        rows=[_row(response, names) for response in shown],
        next_key=key_of(shown[-1]) if len(found) > size else "",
    )


def changed_since(rows: ResponseQuerySet, since: dt.datetime) -> ResponseQuerySet:
    """Return the answers received or changed since, the earliest change first.

    Those of the last seconds wait for the next call: what is being written may be
    seen later than what is written after it.
    """
    settled = clock.now() - SETTLED_AFTER
    found = rows.annotate(changed_at=LAST_CHANGE).order_by("changed_at", "pk")
    return found.filter(changed_at__gte=since, changed_at__lt=settled)


def changes_page(
    person: Person,
    wanted: ResponseFilter,
    *,
    since: dt.datetime,
    size: int = PER_PAGE,
) -> ResponsePage:
    """Return one page of what changed since; what changes meanwhile comes again."""
    rows = changed_since(narrowed(person, wanted), since)
    place = _place(wanted.after)
    if place is not None:
        moment, pk = place
        rows = rows.filter(
            Q(changed_at__gt=moment) | Q(changed_at=moment, pk__gt=pk),
        )
    shown = list(_read(rows)[: size + 1])
    return _page(person, shown, size, _change_key)


def _change_key(response: Response) -> str:
    moment = response.updated_at or response.received_at
    return f"{moment.astimezone(dt.UTC).isoformat()}_{response.pk}"


def response_row(person: Person, response: Response) -> ResponseRow:
    """Return one response as the list shows it."""
    return _row(response, touchpoint_names(person, [response.touchpoint]))


@dataclass(frozen=True)
class Counted:
    """A count, or at least so many."""

    number: int
    is_floor: bool = field(default=False)


def count_up_to(rows: ResponseQuerySet, limit: int = COUNTED_TO) -> Counted:
    """Count rows, but not beyond a limit."""
    number = rows.order_by()[: limit + 1].count()
    return Counted(min(number, limit), is_floor=number > limit)


def excluded_by_reason(person: Person) -> list[tuple[str, int]]:
    """Return how many answers are excluded, by reason, most first."""
    rows = (
        Response.objects.visible_to(person)
        .filter(excluded__gt="")
        .order_by()
        .values_list("excluded")
        .annotate(number=Count("pk"))
        .order_by("-number")
    )
    return list(rows)


def touchpoint_choices(person: Person) -> list[tuple[str, str]]:
    """Return (code, name) of the touchpoints to filter by."""
    rows = Touchpoint.objects.visible_to(person)
    return list(rows.values_list("code", "name"))


def touchpoint_names(person: Person, codes: Iterable[str]) -> dict[str, str]:
    """Return the names of touchpoints by their codes."""
    rows = Touchpoint.objects.visible_to(person).filter(code__in=set(codes))
    return dict(rows.values_list("code", "name"))


def link_name(person: Person, pk: int | None) -> str:
    """Return the name of the link the list is narrowed to."""
    found = SurveyLink.objects.visible_to(person).filter(pk=pk or 0).first()
    return found.name if found else ""


def customers_behind(responses: Collection[int]) -> QuerySet[Response, int]:
    """Return the numbers of the customers who gave these answers, rising."""
    known = Response.objects.filter(pk__in=responses).exclude(customer=None)
    rising = known.order_by("customer_id")
    return rising.values_list("customer_id", flat=True).distinct()
