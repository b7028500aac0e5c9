"""What this app itself has to tell on a customer's time line."""

from __future__ import annotations

from django.utils.translation import gettext as _

from zhiyin.accounts.models import Person
from zhiyin.channels.models import Message
from zhiyin.common.masking import mask_field
from zhiyin.listen.customers.models import (
    ConsentEntry,
    ConsentState,
    Customer,
    CustomerEvent,
)
from zhiyin.listen.customers.queries.timeline import (
    Moment,
    MomentKind,
    register_source,
)


def events_of(customer: Customer, _person: Person, limit: int) -> list[Moment]:
    """Return what the organisation's systems told."""
    rows = CustomerEvent.objects.filter(customer=customer).select_related("department")
    return [
        Moment(
            at=event.occurred_at,
            kind=MomentKind.HAPPENED,
            title=event.kind,
            text=" · ".join(
                str(part)
                for part in (
                    event.department or "",
                    event.employee,
                    *(
                        f"{name} {mask_field(name, value)}"
                        for name, value in event.attributes.items()
                    ),
                )
                if part != ""
            )[:300],
        )
        for event in rows[:limit]
    ]


def consents_of(customer: Customer, _person: Person, limit: int) -> list[Moment]:
    """Return the lines of the consent ledger."""
    return [
        Moment(
            at=line.recorded_at,
            kind=MomentKind.SAID,
            title=_("Consent: %(purpose)s, %(state)s")
            % {
                "purpose": line.get_purpose_display(),
                "state": line.get_state_display(),
            },
            text=" · ".join(
                part for part in (line.channel, line.source, line.evidence) if part
            ),
            tone="good" if line.state == ConsentState.GRANTED else "warm",
        )
        for line in ConsentEntry.objects.filter(customer=customer)[:limit]
    ]


def messages_to(customer: Customer, _person: Person, limit: int) -> list[Moment]:
    """Return messages sent to any address of the customer, without their texts."""
    hashes = {customer.key_hash}
    hashes.update(customer.contact_points.values_list("address_hash", flat=True))
    rows = Message.objects.of(customer.organisation_id).filter(
        address_hash__in=hashes,
        sent_at__isnull=False,
    )
    return [
        Moment(
            at=message.sent_at or message.created_at,
            kind=MomentKind.DID,
            title=_("Message sent: %(channel)s") % {"channel": message.account.name},
            text=f"{message.address_masked} · {message.get_state_display()}",
            tone="warm" if message.state == "failed" else "",
        )
        for message in rows.select_related("account").order_by("-sent_at")[:limit]
    ]


def register_sources() -> None:
    """Offer events, consent and messages to the time line."""
    register_source("events", events_of)
    register_source("consent", consents_of)
    register_source("messages", messages_to)
