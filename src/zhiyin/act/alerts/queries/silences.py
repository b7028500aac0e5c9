"""Events after which nobody was in touch with the customer for days."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, QuerySet

from zhiyin.act.alerts.models import AlertRule
from zhiyin.listen.customers.models import CustomerEvent
from zhiyin.listen.programs.models import Invitation
from zhiyin.listen.responses.models import Response

# What the organisation's own systems tell when somebody was in touch.
CONTACT_KINDS = ("customer.contacted", "case.contacted", "complaint.answered")


def silent_events(
    rule: AlertRule,
    since: dt.datetime,
    until: dt.datetime,
) -> QuerySet[CustomerEvent]:
    """Return the rule's events of a time that nothing followed within its days."""
    days = dt.timedelta(days=rule.silence_days)
    after = {
        "customer": OuterRef("customer"),
    }
    asked = Invitation.objects.filter(
        **after,
        sent_at__gt=OuterRef("occurred_at"),
        sent_at__lte=OuterRef("occurred_at") + days,
    )
    heard = Response.objects.filter(
        **after,
        responded_at__gt=OuterRef("occurred_at"),
        responded_at__lte=OuterRef("occurred_at") + days,
    )
    told = CustomerEvent.objects.filter(
        **after,
        kind__in=CONTACT_KINDS,
        occurred_at__gt=OuterRef("occurred_at"),
        occurred_at__lte=OuterRef("occurred_at") + days,
    )
    return (
        CustomerEvent.objects.of(rule.organisation_id)
        .filter(
            kind__in=rule.events,
            occurred_at__gte=since - days,
            occurred_at__lte=until - days,
            customer__is_test=False,
            customer__is_staff=False,
        )
        .exclude(Exists(asked) | Exists(heard) | Exists(told))
        .select_related("customer__department", "department")
        .order_by("pk")
    )
