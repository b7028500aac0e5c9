"""What is done about answers, told to endpoints: alerts raised, cases moved on."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Max

from zhiyin.accounts.models import Organisation
from zhiyin.act.alerts.models import Alert
from zhiyin.act.alerts.queries import payloads as alerts
from zhiyin.act.cases.models import Case, CaseEvent, State
from zhiyin.act.cases.queries import payloads as cases
from zhiyin.channels.models import WebhookEvent
from zhiyin.channels.services import Occasion, queue_occasions
from zhiyin.compat.models import AnnouncementMark
from zhiyin.compat.queries import told
from zhiyin.compat.services.listening import BEHIND_ROWS, Listeners, first_since

BATCH = 200
_CASES = (
    WebhookEvent.CASE_OPENED,
    WebhookEvent.CASE_CHANGED,
    WebhookEvent.CASE_CLOSED,
)
# Lines of the journal that say nothing new of the case itself.
_SILENT = frozenset({"comment"})


def begin_acts(organisation: Organisation, since: dt.datetime) -> dict[str, int]:
    """Return from where on an organisation that begins to listen is told."""
    return {
        "alert_id": first_since(Alert, "raised_at", organisation, since),
        "case_event_id": first_since(
            CaseEvent, "at", organisation, since, owner="case__organisation"
        ),
    }


def tell_acts(mark: AnnouncementMark, listeners: Listeners) -> int:
    """Queue what became of alerts and cases; return how many calls were queued."""
    return _tell_alerts(mark, listeners) + _tell_cases(mark, listeners)


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(data, cls=DjangoJSONEncoder))
    return plain


def _tell_alerts(mark: AnnouncementMark, listeners: Listeners) -> int:
    rows = Alert.objects.of(mark.organisation_id).filter(
        pk__gt=mark.alert_id - BEHIND_ROWS
    )
    newest = rows.aggregate(newest=Max("pk"))["newest"]
    if newest is None or newest == mark.alert_id:
        return 0
    event = WebhookEvent.ALERT_RAISED
    part = list(alerts.with_payload(rows).order_by("pk")[: BATCH + BEHIND_ROWS])
    made = 0
    for endpoint in listeners.of(event):
        occasions = [
            Occasion(
                f"alert:{each.pk}",
                event,
                f"alert:{each.pk}",
                told.told(event, each.raised_at, _plain(alerts.alert_payload(each))),
            )
            for each in part
            if each.raised_at >= endpoint.created_at
        ]
        made += queue_occasions(endpoint=endpoint, occasions=occasions)
    mark.alert_id = part[-1].pk
    mark.save(update_fields=["alert_id"])
    return made


def _tell_cases(mark: AnnouncementMark, listeners: Listeners) -> int:
    rows = CaseEvent.objects.filter(
        pk__gt=mark.case_event_id - BEHIND_ROWS,
        case__organisation=mark.organisation_id,
    )
    newest = rows.aggregate(newest=Max("pk"))["newest"]
    if newest is None or newest == mark.case_event_id:
        return 0
    lines = list(rows.order_by("pk")[: BATCH + BEHIND_ROWS])
    writes = _writes(lines)
    numbers = {number for number, _at in writes}
    found = cases.with_payload(Case.objects.filter(pk__in=numbers)).in_bulk()
    made = 0
    for endpoint in listeners.of(*_CASES):
        occasions = [
            _case_occasion(found[number], event, at)
            for (number, at), event in writes.items()
            if at >= endpoint.created_at and event in endpoint.events
        ]
        made += queue_occasions(endpoint=endpoint, occasions=occasions)
    mark.case_event_id = lines[-1].pk
    mark.save(update_fields=["case_event_id"])
    return made


def _writes(lines: list[CaseEvent]) -> dict[tuple[int, dt.datetime], WebhookEvent]:
    """Return what happened to which case when; the lines of one write are one."""
    writes: dict[tuple[int, dt.datetime], WebhookEvent] = {}
    for line in lines:
        if line.kind in _SILENT:
            continue
        event, at = _event_of(line), (line.case_id, line.at)
        if at not in writes or event != WebhookEvent.CASE_CHANGED:
            writes[at] = event
    return writes


def _event_of(line: CaseEvent) -> WebhookEvent:
    if line.kind == "opened":
        return WebhookEvent.CASE_OPENED
    if line.to_state in {State.CLOSED, State.MERGED}:
        return WebhookEvent.CASE_CLOSED
    return WebhookEvent.CASE_CHANGED


def _case_occasion(case: Case, event: WebhookEvent, at: dt.datetime) -> Occasion:
    """Tell the case as it is now."""
    data = _plain(cases.case_payload(case))
    key = f"{event}:{case.pk}:{at.timestamp()}"
    return Occasion(key, event, f"case:{case.pk}", told.told(event, at, data))
