"""Of an alert are told: its owner, whom the rule names, and other programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Person
from zhiyin.act.alerts.models import Alert
from zhiyin.act.alerts.queries.payloads import alert_payload, with_payload
from zhiyin.act.notices.services import Telling, notify_many
from zhiyin.channels.models import WebhookEndpoint, WebhookEvent
from zhiyin.channels.services import Occasion, queue_occasions
from zhiyin.common import clock
from zhiyin.listen.programs.models import Touchpoint

KIND = "alert.raised"
# Told in one transaction: few, so that whoever writes answers does not wait.
BATCH = 100
# So often in one run: after a rush nobody waits for the other tasks in between.
ROUNDS = 5


def tell_alerts() -> bool:
    """Tell people and programs of alerts they were not told of; True for more."""
    untold = Alert.objects.filter(told_at=None).order_by("pk")
    for _round in range(ROUNDS):
        numbers = list(untold.values_list("pk", flat=True)[:BATCH])
        if numbers:
            _tell(numbers)
        if len(numbers) < BATCH:
            return False
    return True


@transaction.atomic
def _tell(numbers: list[int]) -> None:
    rows = Alert.objects.select_for_update().filter(pk__in=numbers, told_at=None)
    alerts = list(rows.prefetch_related("rule__tells", "owner").order_by("pk"))
    names = _touchpoints(alerts)
    notify_many(kind=KIND, tellings=[_telling(each, names) for each in alerts])
    _call_programs([each.pk for each in alerts])
    told = Alert.objects.filter(pk__in=[each.pk for each in alerts])
    told.update(told_at=clock.now())


def _call_programs(numbers: list[int]) -> None:
    rows = Alert.objects.filter(pk__in=numbers).order_by("pk")
    owners = rows.order_by().values_list("organisation", flat=True).distinct()
    for endpoint in WebhookEndpoint.objects.filter(organisation__in=list(owners)):
        if WebhookEvent.ALERT_RAISED in endpoint.events:
            mine = with_payload(rows.filter(organisation=endpoint.organisation_id))
            occasions = [_occasion(each) for each in mine]
            queue_occasions(endpoint=endpoint, occasions=occasions)


def _telling(alert: Alert, names: Mapping[tuple[int, str], str]) -> Telling:
    place = (alert.organisation_id, alert.touchpoint)
    return Telling(
        people=_people(alert),
        key=f"alert:{alert.pk}",
        title=_title(alert, names.get(place, alert.touchpoint)),
        text=_text,
        url=alert_url(alert),
    )


def alert_url(alert: Alert) -> str:
    """Return the address of an alert's page.

    Written out: the worker would read every page of the site to look it up.
    """
    return f"/act/alerts/{alert.pk}/"


def _people(alert: Alert) -> list[Person]:
    told = list(alert.rule.tells.all())
    if alert.rule.tells_owner and alert.owner is not None:
        told.append(alert.owner)
    return told


def _touchpoints(alerts: Iterable[Alert]) -> dict[tuple[int, str], str]:
    rows = Touchpoint.objects.filter(
        organisation__in={each.organisation_id for each in alerts},
        code__in={each.touchpoint for each in alerts},
    )
    return {
        (organisation, code): name
        for organisation, code, name in rows.values_list("organisation", "code", "name")
    }


def _title(alert: Alert, touchpoint: str) -> Callable[[], str]:
    """Return the title, to be said in the reader's language; nobody's words in it."""
    score = "" if alert.score is None else f"{alert.score:g}"

    def said() -> str:
        parts = [_("Alert: %(rule)s") % {"rule": alert.rule.name}]
        if score:
            parts.append(_("score %(score)s") % {"score": score})
        return " · ".join([*parts, touchpoint] if touchpoint else parts)

    return said


def _text() -> str:
    return _("A signal, not a diagnosis: read what the customer said, then act.")


def _occasion(alert: Alert) -> Occasion:
    payload: dict[str, Any] = {
        "type": WebhookEvent.ALERT_RAISED,
        "timestamp": alert.raised_at.isoformat(),
        "data": alert_payload(alert),
    }
    # Under the answer's name: an erasure takes the content of the call away too.
    subject = f"response:{alert.response_id}" if alert.response_id else ""
    if not subject and alert.customer_id:
        subject = f"customer:{alert.customer_id}"
    return Occasion(f"alert:{alert.pk}", WebhookEvent.ALERT_RAISED, subject, payload)
