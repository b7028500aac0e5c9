"""The state of number portability, told by events."""

from __future__ import annotations

from collections.abc import Iterable

from zhiyin.common import clock
from zhiyin.listen.customers.models import (
    STATE_AFTER,
    Customer,
    CustomerEvent,
    PortabilityChange,
    PortabilityState,
    PortabilityStep,
)
from zhiyin.listen.customers.queries.portability import STEP_OF_KIND


def note_portability(events: Iterable[CustomerEvent]) -> None:
    """Keep what events tell of number portability, and the state that follows.

    Told late or twice, the newest step decides.
    """
    told = [event for event in events if event.kind in STEP_OF_KIND]
    if not told:
        return
    now = clock.now()
    PortabilityChange.objects.bulk_create(
        (
            PortabilityChange(
                organisation_id=event.organisation_id,
                customer_id=event.customer_id,
                step=STEP_OF_KIND[event.kind],
                kind=event.kind,
                key=event.key,
                at=event.occurred_at,
                known_at=now,
            )
            for event in told
        ),
        ignore_conflicts=True,
    )
    for customer in {event.customer_id for event in told}:
        newest = PortabilityChange.objects.filter(customer=customer).last()
        if newest is not None:
            state = STATE_AFTER[PortabilityStep(newest.step)]
            Customer.objects.filter(pk=customer).update(
                mnp_state=state,
                mnp_since=None if state == PortabilityState.NONE else newest.at,
            )
