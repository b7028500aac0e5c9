"""What becomes of an alert: a case takes it, or a person sets it aside."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Person
from zhiyin.accounts.services import record
from zhiyin.act.alerts.models import Alert
from zhiyin.common import clock

SHORTEST_REASON = 2


def note_cases(*, taken: Iterable[tuple[Alert, int, str]]) -> None:
    """Write down which case, by number and address, took each of several alerts.

    For whoever opens cases and holds the locks of these alerts, all of them open.
    """
    now = clock.now()
    alerts = []
    for alert, number, url in taken:
        alert.handled_at, alert.case_number, alert.case_url = now, number, url
        alerts.append(alert)
    Alert.objects.bulk_update(alerts, ["handled_at", "case_number", "case_url"])


@transaction.atomic
def dismiss_alert(*, alert: Alert, by: Person, reason: str) -> bool:
    """Set an alert aside for a reason; False when a case has it already.

    Raises ValidationError without a reason.
    """
    reason = " ".join(reason.split())[:300]
    if len(reason) < SHORTEST_REASON:
        raise ValidationError({"reason": _("Say why, in a few words.")})
    rows = Alert.objects.open().filter(pk=alert.pk)
    done = rows.update(
        dismissed_at=clock.now(),
        dismissed_by=by,
        dismissed_because=reason,
    )
    if done:
        record(action="alert.dismissed", actor=by, target=alert, reason=reason)
    return bool(done)


@transaction.atomic
def restore_alert(*, alert: Alert, by: Person) -> bool:
    """Put a dismissed alert back on the list; False when it is not dismissed."""
    rows = Alert.objects.filter(pk=alert.pk).exclude(dismissed_at=None)
    done = rows.update(dismissed_at=None, dismissed_by=None, dismissed_because="")
    if done:
        record(action="alert.restored", actor=by, target=alert)
    return bool(done)
