"""Who is told what, and from which row on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Max, Min

from zhiyin.accounts.models import Organisation
from zhiyin.act.alerts.models import Alert
from zhiyin.act.cases.models import CaseEvent
from zhiyin.channels.models import WebhookEndpoint
from zhiyin.listen.customers.models import ConsentEntry
from zhiyin.listen.programs.models import Invitation

# How far behind the marks stay: a row may be committed after a later one.
BEHIND_ROWS = 200
LATEST_ROWS = 10_000


@dataclass(frozen=True)
class Listeners:
    """The endpoints of one organisation."""

    endpoints: Sequence[WebhookEndpoint]

    def of(self, *events: str) -> list[WebhookEndpoint]:
        """Return those that are told of any of these."""
        wanted = set(events)
        return [each for each in self.endpoints if wanted & set(each.events)]


def first_since(
    model: type[ConsentEntry | Invitation | Alert | CaseEvent],
    column: str,
    organisation: Organisation,
    since: dt.datetime,
    owner: str = "organisation",
) -> int:
    """Return the number before an organisation's first row since a moment."""
    newest = model.objects.aggregate(newest=Max("pk"))["newest"] or 0
    rows = model.objects.filter(
        pk__gt=newest - LATEST_ROWS, **{owner: organisation, f"{column}__gte": since}
    )
    first = rows.aggregate(first=Min("pk"))["first"]
    return int(first) - 1 if first else int(newest)
