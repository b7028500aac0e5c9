"""What this app holds of a customer: decisions to ask, and reasons not to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.listen.contacts.models import ContactDecision, Suppression
from zhiyin.listen.customers.services import (
    DataSubject,
    Held,
    Retention,
    Wish,
    register_personal_data,
    register_retention,
)


def collect_contacts(subject: DataSubject) -> Iterator[Held]:
    """Yield why the customer was left alone, and every decision to ask."""
    for each in Suppression.objects.filter(customer_id=subject.customer_id):
        yield Held(
            each.starts_at,
            _("Not to be asked"),
            {
                _("reason"): each.get_reason_display(),
                _("until"): each.ends_at,
                _("note"): each.note,
            },
        )
    for row in ContactDecision.objects.filter(customer_id=subject.customer_id):
        yield Held(
            row.decided_at,
            _("Decision whether to ask you"),
            {
                _("decision"): row.get_verdict_display(),
                _("rule"): row.rule_words,
                _("programme"): row.programme,
                _("channel"): row.channel,
                _("policy version"): row.policy_version,
            },
        )


def erase_contacts(subject: DataSubject, _wish: Wish) -> int:
    """Delete both."""
    notes = Suppression.objects.filter(customer_id=subject.customer_id).delete()[0]
    rows = ContactDecision.objects.filter(customer_id=subject.customer_id)
    return notes + rows.delete()[0]


def _decisions(organisation_id: int, before: dt.datetime) -> QuerySet[ContactDecision]:
    return ContactDecision.objects.of(organisation_id).filter(decided_at__lt=before)


def count_decisions(organisation_id: int, before: dt.datetime) -> int:
    """Return how many decisions are from before."""
    return _decisions(organisation_id, before).count()


def purge_decisions(organisation_id: int, before: dt.datetime, most: int) -> int:
    """Delete decisions from before."""
    rows = _decisions(organisation_id, before).order_by("pk")
    numbers = list(rows.values_list("pk", flat=True)[:most])
    ContactDecision.objects.filter(pk__in=numbers).delete()
    return len(numbers)


def register_places() -> None:
    """Say what is held here, and how long."""
    register_personal_data(
        "contacts",
        label=gettext_lazy("Decisions to ask"),
        collect=collect_contacts,
        erase=erase_contacts,
    )
    register_retention(
        Retention(
            code="contact_decisions",
            label=gettext_lazy("Decisions to ask"),
            what_happens=gettext_lazy("deleted"),
            why=gettext_lazy(
                "The contact policy looks back over a year; complaints about being "
                "asked too often come later."
            ),
            months=24,
            least_months=13,
            count=count_decisions,
            purge=purge_decisions,
        )
    )
