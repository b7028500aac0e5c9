"""That somebody was in touch with a customer, told where everybody looks for it.

Alert rules of silence read the events of customers and know nothing of cases: a call
that a case's owner made ends the silence like a call from the organisation's systems.
"""

from __future__ import annotations

from zhiyin.act.cases.models import AttemptResult, Case, ContactAttempt
from zhiyin.common.confidential import KeyLostError, decrypt
from zhiyin.listen.customers.services import NewEvent, record_events

CONTACTED = "case.contacted"
IN_TOUCH = frozenset(
    {
        AttemptResult.REACHED,
        AttemptResult.CALL_LATER,
        AttemptResult.REFUSED,
        AttemptResult.SENT,
    },
)
"""Results of an attempt after which the customer has heard of us."""


def note_in_touch(case: Case, attempt: ContactAttempt) -> None:
    """Write a customer's event for an attempt that came through."""
    customer = case.customer
    if attempt.result not in IN_TOUCH or customer is None or not customer.key_encrypted:
        return
    try:
        name = decrypt(customer.key_encrypted)
    except KeyLostError:
        return
    event = NewEvent(
        customer=name,
        kind=CONTACTED,
        key=f"case:{case.pk}:contact:{attempt.pk}",
        occurred_at=attempt.at,
        department=case.department.code if case.department else "",
        source="cases",
    )
    record_events(organisation=case.organisation, events=[event], is_quiet=True)
