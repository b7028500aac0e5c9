"""How long it takes from an event to its alert, measured and not promised."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from zhiyin.accounts.models import Organisation
from zhiyin.act.alerts.models import Alert, AlertRule
from zhiyin.common import clock

HOURS = 24
# Of more alerts only the newest are measured.
MOST_MEASURED = 10_000


@dataclass(frozen=True)
class Delay:
    """Seconds from receiving an event to raising its alert; None where n is 0."""

    n: int
    p50: float | None = None
    p99: float | None = None


def delay_of(organisation: Organisation, rule: AlertRule | None = None) -> Delay:
    """Return the delays of the last day's alerts of events, of one rule or of all."""
    since = clock.now() - dt.timedelta(hours=HOURS)
    rows = Alert.objects.of(organisation).filter(
        raised_at__gt=since, rule__kind="event", event__isnull=False
    )
    if rule is not None:
        rows = rows.filter(rule=rule)
    pairs = rows.order_by("-raised_at", "-pk").values_list(
        "raised_at", "event__received_at"
    )
    took = sorted(
        max((raised - received).total_seconds(), 0.0)
        for raised, received in pairs[:MOST_MEASURED]
    )
    if not took:
        return Delay(0)
    return Delay(len(took), _at(took, 0.5), _at(took, 0.99))


def _at(took: list[float], share: float) -> float:
    """Return the value that at least this share does not exceed (nearest rank)."""
    place = -int(-share * len(took) // 1)
    return round(took[max(place, 1) - 1], 3)
