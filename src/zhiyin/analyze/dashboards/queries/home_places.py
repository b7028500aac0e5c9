"""What waits for a person, and where the work of those who see no scores lies.

An app further along the loop registers what waits there in its `AppConfig.ready()`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from zhiyin.accounts.models import (
    AuditEntry,
    ColleagueInvitation,
    Department,
    Permission,
    Person,
)
from zhiyin.analyze.lake.queries import status
from zhiyin.common import clock

RECENT_DAYS = 7


@dataclass(frozen=True)
class Waiting:
    """Something that waits for this person."""

    text: str
    url: str


@dataclass(frozen=True)
class Place:
    """A page of the house with what is there now."""

    label: str
    text: str
    url: str


Fetch = Callable[[Person], list[Waiting]]
_elsewhere: dict[str, Fetch] = {}


def register_waiting(name: str, fetch: Fetch) -> None:
    """Let an app tell what waits for a person; a name given again replaces it."""
    _elsewhere[name] = fetch


def waiting_for(person: Person) -> list[Waiting]:
    """Return what waits for this person, the work of other apps first."""
    return [
        *(one for name in sorted(_elsewhere) for one in _elsewhere[name](person)),
        *_waiting_in_the_house(person),
    ]


def _waiting_in_the_house(person: Person) -> list[Waiting]:
    found = []
    if person.may(Permission.MANAGE_PEOPLE):
        pending = ColleagueInvitation.objects.visible_to(person).pending()
        if n := pending.count():
            text = _("Invitations not yet accepted: %(n)s") % {"n": n}
            found.append(Waiting(text, reverse("invitations")))
    if person.may(Permission.SEE_AUDIT):
        since = clock.now() - dt.timedelta(days=RECENT_DAYS)
        reveals = AuditEntry.objects.visible_to(person).filter(
            action__endswith=".revealed",
            at__gte=since,
        )
        if n := reveals.count():
            text = _("Personal data revealed in the last 7 days: %(n)s") % {"n": n}
            found.append(Waiting(text, reverse("audit")))
    return found


def places_of(person: Person) -> list[Place]:
    """Return where to go for somebody who runs the house and reads no scores."""
    if person.may(Permission.SEE_SCORES):
        return []
    found = []
    if person.may(Permission.MANAGE_PEOPLE):
        n = Person.objects.visible_to(person).filter(is_active=True).count()
        text = _("%(n)s people can log in") % {"n": n}
        found.append(Place(_("People"), text, reverse("people")))
    if person.may(Permission.MANAGE_DEPARTMENTS):
        n = Department.objects.visible_to(person).active().count()
        text = _("%(n)s departments") % {"n": n}
        found.append(Place(_("Departments"), text, reverse("departments")))
    if person.may(Permission.MANAGE_ORGANISATION):
        text = _("Name, language, time zone and second step")
        found.append(Place(_("Organisation"), text, reverse("organisation")))
    if person.may(Permission.SEE_AUDIT):
        found.append(Place(_("Audit log"), _data_text(person), reverse("audit")))
    return found


def _data_text(person: Person) -> str:
    """Say how fresh the data are, which is what an administrator is asked first."""
    if not person.may(Permission.SEE_OPERATIONS):
        return _("Who did what, and who looked at personal data")
    now = status(person.organisation)
    if now.synced_at is None:
        return _("No answers yet")
    when = date_format(localtime(now.synced_at), "Y-m-d H:i")
    return _("%(rows)s answers, as of %(when)s") % {
        "rows": f"{now.rows:,}",
        "when": when,
    }
