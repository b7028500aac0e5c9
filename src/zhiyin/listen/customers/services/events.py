"""What the organisation's own systems tell of its customers, each thing once."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Department, Organisation
from zhiyin.accounts.services import record
from zhiyin.common import clock
from zhiyin.listen.customers.models import CustomerEvent
from zhiyin.listen.customers.queries.sensitivity import withheld_among
from zhiyin.listen.customers.services.keys import normalise_key
from zhiyin.listen.customers.services.people import get_or_create_customers
from zhiyin.listen.customers.services.portability import note_portability
from zhiyin.listen.customers.services.regulator import note_spam_complaints
from zhiyin.listen.customers.services.returning import REFUSED, erased_keys

ROWS_PER_QUERY = 90
KEYS_PER_QUERY = 900
# Clocks of source systems go wrong; a day also covers a zone told wrongly.
LONGEST_AHEAD = dt.timedelta(hours=24)
LONGEST_KEY = 120
LONGEST_KIND = 80
MOST_ATTRIBUTES = 100
LONGEST_ATTRIBUTES = 8_000
# Any number, as long as nothing else in this program locks under it.
_ADVISORY_LOCK = 31_415


@dataclass(frozen=True, kw_only=True)
class NewEvent:
    """One thing that happened, as told from outside.

    `customer` is the customer's key, `key` the source's own name of the event,
    `department` a code or names joined by "/" from the root.
    """

    customer: str
    kind: str
    key: str
    occurred_at: dt.datetime
    department: str = ""
    employee: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""


@dataclass(frozen=True)
class RejectedEvent:
    """An event not taken: its place in what was given, its key, and why."""

    place: int
    key: str
    reason: str


@dataclass(frozen=True)
class LeftOut:
    """An attribute of an event of which nothing was kept, and why."""

    place: int
    key: str
    attribute: str
    reason: str


@dataclass(frozen=True)
class Recorded:
    """What became of the events given; each is new, known before, or rejected."""

    new: int
    known: int
    rejected: tuple[RejectedEvent, ...]
    left_out: tuple[LeftOut, ...] = ()


@transaction.atomic
def record_events(
    *,
    organisation: Organisation,
    events: Sequence[NewEvent],
    is_quiet: bool = False,
) -> Recorded:
    """Keep events that were not told before; customers not yet known are made.

    A key met before, here or in the database, is known and changes nothing. An event
    that cannot be kept is rejected with its reason and hides no other. A quiet call
    leaves the record to its caller, who knows the whole.
    """
    departments = department_finder(organisation)
    events, left_out = _sifted(organisation, events)
    good: dict[str, tuple[NewEvent, int | None]] = {}
    rejected = []
    repeated = 0
    for place, event in enumerate(events):
        fault = _fault(event, departments)
        if fault:
            rejected.append(RejectedEvent(place, event.key[:120], fault))
        elif event.key in good:
            repeated += 1
        else:
            good[event.key] = (event, departments.get(event.department))
    gone = erased_keys(organisation, {event.customer for event, _at in good.values()})
    for place, event in enumerate(events):
        if event.customer in gone and event.key in good:
            del good[event.key]
            rejected.append(RejectedEvent(place, event.key[:120], str(REFUSED)))
    rejected.sort(key=lambda each: each.place)
    # Numbers are handed out before rows are committed; one writer at a time keeps
    # the order of both the same, so that readers who go on from a number miss none.
    _hold_the_pen(organisation)
    known = _known_keys(organisation, list(good))
    new = [pair for key, pair in good.items() if key not in known]
    _insert(organisation, new)
    if new and not is_quiet:
        record(
            action="event.recorded",
            organisation=organisation,
            new=len(new),
            known=len(known) + repeated,
            rejected=len(rejected),
        )
    return Recorded(len(new), len(known) + repeated, tuple(rejected), left_out)


def _sifted(
    organisation: Organisation, events: Sequence[NewEvent]
) -> tuple[list[NewEvent], tuple[LeftOut, ...]]:
    """Take from events what must not be kept, and say what it was."""
    names = {name for event in events for name in event.attributes}
    withheld = withheld_among(organisation.pk, names)
    if not withheld:
        return list(events), ()
    left_out = tuple(
        LeftOut(place, event.key[:LONGEST_KEY], name, withheld[name].words)
        for place, event in enumerate(events)
        for name in event.attributes
        if name in withheld
    )
    kept = [
        replace(
            event,
            attributes={
                name: each
                for name, each in event.attributes.items()
                if name not in withheld
            },
        )
        for event in events
    ]
    return kept, left_out


def department_finder(organisation: Organisation) -> dict[str, int]:
    """Return departments by code, and by their names joined from the root."""
    rows = list(
        Department.objects.filter(organisation=organisation).values_list(
            "pk",
            "code",
            "name",
            "path",
        ),
    )
    names = {str(pk): name for pk, _code, name, _path in rows}
    by_names = {
        "/".join(names[step] for step in path.strip("/").split("/")): pk
        for pk, _code, _name, path in rows
    }
    return by_names | {code: pk for pk, code, _name, _path in rows}


def _fault(event: NewEvent, departments: Mapping[str, int]) -> str:
    """Return why an event cannot be kept, in words, or ""."""
    if not 0 < len(event.key) <= LONGEST_KEY or not 0 < len(event.kind) <= LONGEST_KIND:
        return _("An event needs a key of 1 to 120 and a kind of 1 to 80 characters.")
    try:
        normalise_key(event.customer)
    except ValueError as error:
        return str(error)
    if event.department and event.department not in departments:
        return _("There is no department “%(code)s”.") % {
            "code": event.department[:60],
        }
    return _time_fault(event.occurred_at) or _attributes_fault(event)


def _time_fault(at: dt.datetime) -> str:
    if at.tzinfo is None:
        return _("The time needs a zone, such as 2026-03-01T09:30:00+08:00.")
    if at > clock.now() + LONGEST_AHEAD:
        return _("The time lies more than a day ahead: %(time)s.") % {
            "time": at.isoformat(),
        }
    return ""


def _attributes_fault(event: NewEvent) -> str:
    try:
        text = json.dumps(dict(event.attributes), allow_nan=False)
    except (TypeError, ValueError):
        return _("Attributes must be texts, numbers, yes or no, or empty.")
    if len(event.attributes) > MOST_ATTRIBUTES or len(text) > LONGEST_ATTRIBUTES:
        return _(
            "An event keeps at most %(count)s attributes of %(size)s characters in all."
        ) % {"count": MOST_ATTRIBUTES, "size": LONGEST_ATTRIBUTES}
    if "\\u0000" in text or "\x00" in event.key + event.kind + event.employee:
        return _("No text may hold the character NUL.")
    return ""


def _hold_the_pen(organisation: Organisation) -> None:
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, %s)",
            [_ADVISORY_LOCK, organisation.pk],
        )


def _known_keys(organisation: Organisation, keys: list[str]) -> set[str]:
    known: set[str] = set()
    rows = CustomerEvent.objects.of(organisation)
    for start in range(0, len(keys), KEYS_PER_QUERY):
        piece = rows.filter(key__in=keys[start : start + KEYS_PER_QUERY])
        known.update(piece.values_list("key", flat=True))
    return known


def _insert(
    organisation: Organisation,
    new: list[tuple[NewEvent, int | None]],
) -> None:
    now = clock.now()
    ids = get_or_create_customers(
        organisation=organisation,
        keys={event.customer for event, _department in new},
    )
    made = [
        CustomerEvent(
            organisation=organisation,
            customer_id=ids[event.customer],
            kind=event.kind,
            key=event.key,
            occurred_at=event.occurred_at.astimezone(dt.UTC),
            received_at=now,
            department_id=department,
            employee=event.employee[:80],
            attributes=dict(event.attributes),
            source=event.source[:60],
        )
        for event, department in new
    ]
    CustomerEvent.objects.bulk_create(made, batch_size=ROWS_PER_QUERY)
    note_portability(made)
    note_spam_complaints(made)
