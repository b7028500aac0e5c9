"""Telling people: a row per person and key, and a delivery per way they wish."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from zoneinfo import ZoneInfo

from django.db import transaction
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


@transaction.atomic
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

    Words may be lazy or a callable: they are written in each person's language. Who
    has left is not told.
    """
    wanted = {each.pk: each for each in people if each.is_active}
    told = Notice.objects.filter(person__in=wanted, key=key)
    for pk in told.values_list("person_id", flat=True):
        del wanted[pk]
    if not wanted:
        return 0
    now = clock.now()
    wishes = wish_of(list(wanted.values()), kind)
    rows = [_row(each, kind, key, (title, text), url) for each in wanted.values()]
    for row in rows:
        row.at = now
        if not wishes[row.person_id].in_page:
            row.read_at = now
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    # Another worker may have told somebody between the look and the write.
    kept = Notice.objects.filter(person__in=wanted, key=key)
    _plan(list(kept.select_related("person")), wishes, now)
    return len(rows)


def _row(
    person: Person,
    kind: str,
    key: str,
    words: tuple[Words, Words],
    url: str,
) -> Notice:
    with translation.override(person.language):
        title, text = (str(each() if callable(each) else each) for each in words)
    return Notice(
        organisation_id=person.organisation_id,
        person=person,
        kind=kind,
        key=key,
        title=" ".join(title.split())[:LONGEST_TITLE],
        text=text[:LONGEST_TEXT],
        url=url,
    )


def _plan(notices: Sequence[Notice], wishes: dict[int, Wish], now: dt.datetime) -> None:
    """Write down by which ways and when each notice leaves the page."""
    people = [each.person_id for each in notices if wishes[each.person_id].ways]
    if not people:
        return
    addresses = NoticeAddress.objects.in_bulk(people)
    recent = Counter(
        NoticeDelivery.objects.filter(
            notice__person__in=people,
            notice__kind=notices[0].kind,
            notice__at__gt=now - WINDOW,
        ).values_list("notice__person", "way"),
    )
    NoticeDelivery.objects.bulk_create(
        [
            NoticeDelivery(
                notice=notice,
                way=way,
                due_at=_due_at(
                    notice.person,
                    wish,
                    addresses.get(notice.person_id),
                    is_flood=recent[notice.person_id, way] >= MOST_AT_ONCE,
                ),
            )
            for notice in notices
            for wish in [wishes[notice.person_id]]
            for way in wish.ways
        ],
        ignore_conflicts=True,
    )


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
