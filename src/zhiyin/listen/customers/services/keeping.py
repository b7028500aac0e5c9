"""How long customers' events, consent and messages are kept."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from zhiyin.channels.models import Message
from zhiyin.channels.services import (
    count_old_messages,
    count_old_replies,
    forget_old_messages,
    forget_old_replies,
)
from zhiyin.listen.customers.models import ConsentEntry, ContactPoint, CustomerEvent
from zhiyin.listen.customers.services.retention import Retention, register_retention


def _events(organisation_id: int, before: dt.datetime) -> QuerySet[CustomerEvent]:
    return CustomerEvent.objects.of(organisation_id).filter(occurred_at__lt=before)


def count_events(organisation_id: int, before: dt.datetime) -> int:
    """Return how many events happened before."""
    return _events(organisation_id, before).count()


def purge_events(organisation_id: int, before: dt.datetime, most: int) -> int:
    """Delete events from before."""
    rows = _events(organisation_id, before).order_by("pk")
    numbers = list(rows.values_list("pk", flat=True)[:most])
    CustomerEvent.objects.filter(pk__in=numbers).delete()
    return len(numbers)


def _evidence(organisation_id: int, before: dt.datetime) -> QuerySet[ConsentEntry]:
    """Return lines with evidence whose customer was sent nothing since."""
    points = ContactPoint.objects.filter(customer=OuterRef(OuterRef("customer")))
    sent = Message.objects.of(organisation_id).filter(
        Q(address_hash__in=points.values("address_hash"))
        | Q(address_hash=OuterRef("customer__key_hash")),
        created_at__gte=before,
    )
    rows = ConsentEntry.objects.of(organisation_id).filter(recorded_at__lt=before)
    return rows.exclude(evidence="").filter(~Exists(sent))


def count_evidence(organisation_id: int, before: dt.datetime) -> int:
    """Return how many lines would lose their evidence."""
    return _evidence(organisation_id, before).count()


def purge_evidence(organisation_id: int, before: dt.datetime, most: int) -> int:
    """Take the evidence from lines; the lines themselves stay."""
    rows = _evidence(organisation_id, before).order_by("pk")
    numbers = list(rows.values_list("pk", flat=True)[:most])
    return ConsentEntry.objects.filter(pk__in=numbers).update(evidence="")


def register_kinds() -> None:
    """Add events, evidence, messages and replies to the schedule."""
    register_retention(
        Retention(
            code="events",
            label=_("Events"),
            what_happens=_("deleted"),
            why=_("Occasions to ask pass; trends need the last two years."),
            months=24,
            least_months=1,
            count=count_events,
            purge=purge_events,
        )
    )
    register_retention(
        Retention(
            code="consent_evidence",
            label=_("Evidence of consent"),
            what_happens=_("evidence removed, the line of the ledger stays"),
            why=_(
                "Proof of consent is kept for at least five months after the last "
                "message sent."
            ),
            months=36,
            least_months=5,
            count=count_evidence,
            purge=purge_evidence,
        )
    )
    register_retention(
        Retention(
            code="messages",
            label=_("Messages sent"),
            what_happens=_("address and text removed, counts and costs stay"),
            why=_("Network logs are kept for at least six months."),
            months=12,
            least_months=6,
            count=count_old_messages,
            purge=forget_old_messages,
        )
    )
    register_retention(
        Retention(
            code="replies",
            label=_("Messages received"),
            what_happens=_("sender and text removed"),
            why=_("Network logs are kept for at least six months."),
            months=12,
            least_months=6,
            count=count_old_replies,
            purge=forget_old_replies,
        )
    )
