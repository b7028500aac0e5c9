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

_S = PortabilityStep
STEP_OF_KIND: dict[str, str] = {
    "mnp_query": _S.QUERIED,
    "mnp.query": _S.QUERIED,
    "mnp.cxxz": _S.QUERIED,
    "mnp.cxzz.query": _S.QUERIED,
    "mnp_authorised": _S.AUTHORISED,
    "mnp.authorised": _S.AUTHORISED,
    "mnp.sqxz": _S.AUTHORISED,
    "mnp.port_out.applied": _S.AUTHORISED,
    "mnp_expired": _S.EXPIRED,
    "mnp.expired": _S.EXPIRED,
    "mnp.port_out.expired": _S.EXPIRED,
    "mnp_effective": _S.PORTED_OUT,
    "mnp.effective": _S.PORTED_OUT,
    "mnp.port_out.effective": _S.PORTED_OUT,
    "mnp_port_in": _S.PORTED_IN,
    "mnp.port_in.effective": _S.PORTED_IN,
}
"""What operators' systems call the steps."""


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
