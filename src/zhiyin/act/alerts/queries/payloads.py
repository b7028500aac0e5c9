"""One alert as other programs read it: through the API, and told by a webhook."""

from __future__ import annotations

from typing import Any

from zhiyin.act.alerts.models import Alert
from zhiyin.act.alerts.models.alerts import AlertQuerySet
from zhiyin.common.masking import mask_words


def with_payload(rows: AlertQuerySet) -> AlertQuerySet:
    """Load with each alert what its payload shows."""
    return rows.select_related(
        "rule", "response", "event", "customer", "department", "owner"
    )


def alert_payload(alert: Alert) -> dict[str, Any]:
    """Return one alert; the customer's key stays masked, numbers in the words too."""
    event = alert.event
    return {
        "id": alert.pk,
        "rule": alert.rule.code,
        "rule_name": alert.rule.name,
        "state": alert.state,
        "raised_at": alert.raised_at.isoformat(),
        "answered_at": alert.answered_at.isoformat() if alert.answered_at else None,
        "hits": alert.hits,
        "still_holds": alert.still_holds,
        "score": alert.score,
        "given_class": alert.given_class,
        "comment": mask_words(alert.response.comment) if alert.response else "",
        "touchpoint": alert.touchpoint,
        "response_id": alert.response_id,
        "event": event.kind if event else "",
        "event_key": event.key if event else "",
        "seconds_to_alert": alert.seconds_to_alert,
        "customer_id": alert.customer_id,
        "customer": alert.customer.key_masked if alert.customer else "",
        "department": alert.department.code if alert.department else "",
        "owner": alert.owner.email if alert.owner else "",
        "opens_case": alert.opens_case,
        "level": alert.level,
        "case_number": alert.case_number,
        "dismissed_because": alert.dismissed_because,
    }
