"""Answers to the question after a case, put beside the case."""

from __future__ import annotations

import datetime as dt

from django.db.models import F

from zhiyin.act.recovery.models import Remeasurement
from zhiyin.act.recovery.services.following import CLOSED
from zhiyin.common import clock
from zhiyin.listen.responses.models import Response

BATCH = 500
# The programme waits some days before it asks, and the answer takes some more.
RECENT = dt.timedelta(days=90)


def link_answers() -> bool:
    """Give every answer to the question after a case its case; True for more."""
    event = "invitation__frame_member__event"
    rows = (
        Response.objects.filter(
            remeasurement=None,
            **{
                f"{event}__kind": CLOSED,
                f"{event}__occurred_at__gte": clock.now() - RECENT,
                f"{event}__organisation": F("organisation"),
            },
        )
        .order_by("pk")
        .values_list("pk", "organisation_id", f"{event}__key")
    )
    found = list(rows[:BATCH])
    linked = 0
    for pk, organisation, key in found:
        unanswered = Remeasurement.objects.filter(
            organisation_id=organisation, event_key=key, response=None
        )
        linked += unanswered.update(response_id=pk)
    return linked == BATCH
