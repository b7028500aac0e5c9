"""Programmes as a list, with what came of their last days."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Q, QuerySet

from zhiyin.accounts.models import Person
from zhiyin.common import clock
from zhiyin.listen.programs.models import FrameMember, FrameState, Programme, Wave

LIST_DAYS = 30


def programmes_listed(
    person: Person, *, search: str = "", shown: str = ""
) -> QuerySet[Programme]:
    """Return the programmes a person may see, the live ones first."""
    rows = Programme.objects.visible_to(person).select_related(
        "touchpoint", "instrument", "owner", "organisation"
    )
    if search:
        rows = rows.filter(Q(name__icontains=search) | Q(code__icontains=search))
    if shown == "live":
        rows = rows.filter(is_live=True)
    elif shown == "off":
        rows = rows.filter(is_live=False)
    elif shown in {"event", "wave"}:
        rows = rows.filter(trigger=shown)
    return rows.order_by("-is_live", "trigger", "code")


def counts_of(programmes: list[Programme]) -> dict[int, dict[str, Any]]:
    """Return frame, sent and answered of the last 30 days by the programme's id."""
    since = clock.now() - dt.timedelta(LIST_DAYS)
    rows = (
        FrameMember.objects.filter(
            programme__in=[one.pk for one in programmes], created_at__gte=since
        )
        .values("programme")
        .annotate(
            frame=Count("pk"),
            sent=Count("pk", filter=Q(state=FrameState.SENT)),
            answered=Count("pk", filter=Q(invitation__answered_at__isnull=False)),
        )
        .order_by()
    )
    return {row["programme"]: dict(row) for row in rows}


def wave_before(wave: Wave) -> Wave | None:
    """Return the wave of the same programme before this one."""
    if wave.programme_id is None:
        return None
    earlier = Wave.objects.filter(
        programme_id=wave.programme_id, starts_on__lt=wave.starts_on
    )
    return earlier.order_by("-starts_on").first()
