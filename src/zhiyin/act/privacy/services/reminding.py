"""Telling who answers requests that time runs out, and that a request came in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.accounts.models import Permission, Person
from zhiyin.act.notices.queries.kinds import register_kind
from zhiyin.act.notices.services import notify
from zhiyin.act.privacy.models import SubjectRequest
from zhiyin.common import clock

KIND = "privacy.request"
SOON = dt.timedelta(days=3)


def register_kinds() -> None:
    """Name what people are told of requests."""
    register_kind(KIND, gettext_lazy("A data subject's request is to be answered"))


def remind_owners() -> bool:
    """Tell of each open request once that it came, is due soon, and is overdue."""
    now = clock.now()
    rows = SubjectRequest.objects.waiting().filter(
        due_at__lt=now + SOON
    ) | SubjectRequest.objects.waiting().filter(owner=None)
    for request in rows.select_related("owner", "organisation"):
        step = "late" if request.due_at < now else "soon"
        if request.due_at >= now + SOON:
            step = "new"
        notify(
            people=_people(request),
            kind=KIND,
            key=f"privacy.{request.pk}.{step}",
            title=partial(_title, request, step),
            url=f"/act/privacy/{request.pk}/",
        )
    return False


def _people(request: SubjectRequest) -> Iterable[Person]:
    """Return the owner; while there is none, everybody who may answer."""
    if request.owner is not None:
        return [request.owner]
    rows = Person.objects.filter(
        organisation_id=request.organisation_id, is_active=True
    )
    return [each for each in rows if each.may(Permission.MANAGE_PRIVACY)]


def _title(request: SubjectRequest, step: str) -> str:
    words = {
        "new": _("Request %(number)s came in: %(kind)s"),
        "soon": _("Request %(number)s is due within three days: %(kind)s"),
        "late": _("Request %(number)s is overdue: %(kind)s"),
    }
    return words[step] % {"number": request.pk, "kind": request.get_kind_display()}
