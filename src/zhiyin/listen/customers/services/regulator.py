"""Complaints to the regulator's desk against spam: they stop messages at once."""

from __future__ import annotations

from collections.abc import Iterable

from zhiyin.listen.customers.models import (
    ConsentEntry,
    ConsentState,
    CustomerEvent,
    Purpose,
)
from zhiyin.listen.customers.services.consent import Proof, record_consent

KINDS = ("complaint.12321", "complaint_12321", "12321")
SOURCE = "12321"


def note_spam_complaints(events: Iterable[CustomerEvent]) -> None:
    """Withdraw surveys and marketing of whoever complained; twice is once."""
    for event in events:
        if event.kind not in KINDS:
            continue
        for purpose in (Purpose.MARKETING, Purpose.SURVEY):
            known = ConsentEntry.objects.filter(
                customer=event.customer_id,
                purpose=purpose,
                source=SOURCE,
                evidence=event.key,
            )
            if not known.exists():
                record_consent(
                    customer=event.customer,
                    purpose=purpose,
                    state=ConsentState.WITHDRAWN,
                    proof=Proof(source=SOURCE, evidence=event.key),
                )
