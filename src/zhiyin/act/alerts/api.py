"""Alerts through the API: the list, and one of them; read only."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from zhiyin.accounts.api import TokenOrSession
from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.act.alerts.models import Alert, AlertRule
from zhiyin.act.alerts.queries.delays import HOURS, delay_of
from zhiyin.act.alerts.queries.listing import AlertFilter, narrowed
from zhiyin.act.alerts.queries.payloads import alert_payload, with_payload
from zhiyin.common.paging import link_to_next

LARGEST_PAGE = 500
LARGEST_ID = 2**63 - 1
router = Router(tags=["alerts"])


class AlertOut(Schema):
    """One alert: a signal about one customer; the key stays masked."""

    id: int
    rule: str
    rule_name: str
    state: str = Field(description="open, case or dismissed.")
    raised_at: dt.datetime
    answered_at: dt.datetime | None
    hits: int = Field(description="Occasions counted on this alert.")
    still_holds: bool
    score: float | None
    given_class: str
    comment: str
    touchpoint: str
    response_id: int | None
    event: str
    event_key: str
    seconds_to_alert: float | None = Field(
        description="From the event's being received to the alert; null for answers."
    )
    customer_id: int | None
    customer: str
    department: str
    owner: str
    opens_case: bool
    level: str
    case_number: int | None
    dismissed_because: str


class AlertsOut(Schema):
    """A page of alerts, newest first; `next` goes into `before`."""

    items: list[AlertOut]
    next: int | None


class AlertQuery(Schema):
    """What the list is narrowed to."""

    state: str = Field("all", pattern="^(open|case|dismissed|all)$")
    rule: str = Field("", max_length=60, description="A rule's code.")
    given_class: str = Field("", max_length=10)
    before: int | None = Field(None, ge=1, le=LARGEST_ID)
    limit: int = Field(100, ge=1, le=LARGEST_PAGE)


@router.get(
    "/alerts",
    response=AlertsOut,
    auth=TokenOrSession(Permission.SEE_CASES),
)
def list_alerts(
    request: HttpRequest,
    response: HttpResponse,
    query: Annotated[AlertQuery, Query()],
) -> AlertsOut:
    """List alerts, newest first."""
    person = person_of(request)
    wanted = AlertFilter(state=query.state, given_class=query.given_class)
    rows = with_payload(narrowed(person, wanted))
    if query.rule:
        known = AlertRule.objects.visible_to(person).filter(code=query.rule)
        rows = rows.filter(rule__in=known)
    if query.before:
        rows = rows.filter(pk__lt=query.before)
    found = list(rows[: query.limit + 1])
    shown = found[: query.limit]
    following = shown[-1].pk if len(found) > query.limit else None
    link_to_next(request, response, before=following)
    return AlertsOut(
        items=[AlertOut(**alert_payload(each)) for each in shown], next=following
    )


class DelayOut(Schema):
    """How long alerts took from the moment their event was received."""

    hours: int = Field(description="How far back alerts are counted.")
    n: int = Field(description="Alerts measured, the newest 10,000 at most.")
    p50_s: float | None
    p99_s: float | None


@router.get(
    "/alerts/delay",
    response=DelayOut,
    auth=TokenOrSession(Permission.SEE_CASES),
)
def read_alert_delay(request: HttpRequest) -> DelayOut:
    """Read the measured time from event to alert over the last day."""
    found = delay_of(person_of(request).organisation)
    return DelayOut(hours=HOURS, n=found.n, p50_s=found.p50, p99_s=found.p99)


@router.get(
    "/alerts/{number}",
    response=AlertOut,
    auth=TokenOrSession(Permission.SEE_CASES),
)
def read_alert(request: HttpRequest, number: int) -> AlertOut:
    """Read one alert."""
    rows = with_payload(Alert.objects.visible_to(person_of(request)))
    found = rows.filter(pk=min(number, LARGEST_ID)).first()
    if found is None:
        raise Http404
    return AlertOut(**alert_payload(found))
