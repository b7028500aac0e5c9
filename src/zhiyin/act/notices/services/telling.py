"""Telling people: a row per person and key, and a delivery per way they wish."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.functional import Promise

from zhiyin.accounts.models import Person
from zhiyin.act.notices.models import (
    Notice,
    NoticeAddress,
    NoticeDelivery,
    Pace,
)
from zhiyin.act.notices.queries import Wish, wish_of
from zhiyin.common import clock

Words = str | Promise | Callable[[], str]
# More of one kind in an hour are folded into what goes out next.
MOST_AT_ONCE = 10
WINDOW = dt.timedelta(hours=1)
MORNING = dt.time(8, 0)
LONGEST_TITLE = 200
LONGEST_TEXT = 2000


@dataclass(frozen=True, kw_only=True)
class Telling:
    """One thing to tell: to whom, under which key, and in which words.

    Words may be lazy or a callable: they are written in each person's language.
    """

    people: Iterable[Person]
    key: str
    title: Words
    text: Words = ""
    url: str = ""


def notify(
    *,
    people: Iterable[Person],
    kind: str,
    key: str,
    title: Words,
    text: Words = "",
    url: str = "",
) -> int:
    """Tell people something, once per person and key; return how many were not told.

    Who has left is not told.
    """
    telling = Telling(people=people, key=key, title=title, text=text, url=url)
    return notify_many(kind=kind, tellings=[telling])


@transaction.atomic
def notify_many(*, kind: str, tellings: Iterable[Telling]) -> int:
    """Tell many things of one kind with a few queries; return how many were new.

    Each is told once per person and key; who has left is not told.
    """
    wanted = {
        (person.pk, telling.key): (person, telling)
        for telling in tellings
        for person in telling.people
        if person.is_active
    }
    for place in _told(wanted).values_list("person_id", "key"):
        wanted.pop(place, None)
    if not wanted:
        return 0
    now = clock.now()
    people = {person.pk: person for person, _telling in wanted.values()}
    wishes = wish_of(list(people.values()), kind)
    rows = [_row(person, kind, telling) for person, telling in wanted.values()]
    for row in rows:
        row.at = now
        if not wishes[row.person_id].in_page:
            row.read_at = now
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    _plan(wanted, kind, wishes, now)
    return len(rows)


def _told(wanted: Collection[tuple[int, str]]) -> QuerySet[Notice]:
    """Return the notices there are under these keys; perhaps others' of one key."""
    return Notice.objects.filter(
        person__in={person for person, _key in wanted},
        key__in={key for _person, key in wanted},
    )


def _row(person: Person, kind: str, telling: Telling) -> Notice:
    words = (telling.title, telling.text)
    with translation.override(person.language):
        title, text = (str(each() if callable(each) else each) for each in words)
    return Notice(
        organisation_id=person.organisation_id,
        person=person,
        kind=kind,
        key=telling.key,
        title=" ".join(title.split())[:LONGEST_TITLE],
        text=text[:LONGEST_TEXT],
        url=telling.url,
    )


def _plan(
    wanted: Mapping[tuple[int, str], tuple[Person, Telling]],
    kind: str,
    wishes: Mapping[int, Wish],
    now: dt.datetime,
) -> None:
    """Write down by which ways and when each notice leaves the page."""
    away = {place: each for place, each in wanted.items() if wishes[place[0]].ways}
    if not away:
        return
    people = {person.pk: person for person, _telling in away.values()}
    addresses = NoticeAddress.objects.in_bulk(list(people))
    recent = Counter(
        NoticeDelivery.objects.filter(
            notice__person__in=people,
            notice__kind=kind,
            notice__at__gt=now - WINDOW,
        ).values_list("notice__person", "way"),
    )
    deliveries = []
    # Another worker may have told somebody between the look and the write.
    for notice in _told(away).only("person", "key").order_by("pk"):
        if (notice.person_id, notice.key) not in away:
            continue
        person = people[notice.person_id]
        wish = wishes[person.pk]
        for way in wish.ways:
            is_flood = recent[person.pk, way] >= MOST_AT_ONCE
            due_at = _due_at(person, wish, addresses.get(person.pk), is_flood=is_flood)
            deliveries.append(NoticeDelivery(notice=notice, way=way, due_at=due_at))
            recent[person.pk, way] += 1
    NoticeDelivery.objects.bulk_create(deliveries, ignore_conflicts=True)


def _due_at(
    person: Person,
    wish: Wish,
    address: NoticeAddress | None,
    *,
    is_flood: bool,
) -> dt.datetime:
    zone = ZoneInfo(person.time_zone)
    due = clock.now().astimezone(zone)
    if wish.pace == Pace.DAILY:
        due = _next(MORNING, due)
    elif wish.pace == Pace.HOURLY or is_flood:
        due = due.replace(minute=0, second=0, microsecond=0) + WINDOW
    if address and address.quiet_until and address.is_quiet(due.time()):
        due = _next(address.quiet_until, due)
    return due.astimezone(dt.UTC)


def _next(time: dt.time, after: dt.datetime) -> dt.datetime:
    """Return the next moment of a time of day."""
    day = after.date() if after.time() < time else after.date() + dt.timedelta(days=1)
    return dt.datetime.combine(day, time, after.tzinfo)
