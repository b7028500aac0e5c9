"""Where a customer stands with number portability today."""

from __future__ import annotations

import datetime as dt

from zhiyin.common import clock
from zhiyin.listen.customers.models import Customer, PortabilityState, PortabilityStep

# A question about porting is old news after a quarter; what became of it is unknown.
QUERY_LAPSES = dt.timedelta(days=90)
LEAVING = (PortabilityState.QUERIED, PortabilityState.AUTHORISED)


_S = PortabilityStep
STEP_OF_KIND: dict[str, str] = {
    "mnp_query": _S.QUERIED,
    "mnp.query": _S.QUERIED,
    "mnp.cxxz": _S.QUERIED,
    "mnp.cxzz.query": _S.QUERIED,
    "mnp.port_out.queried": _S.QUERIED,
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


def kinds_of(*steps: PortabilityStep) -> tuple[str, ...]:
    """Return every kind of event that tells of one of the steps."""
    return tuple(kind for kind, step in STEP_OF_KIND.items() if step in steps)


def portability_of(
    customer: Customer, at: dt.datetime | None = None
) -> PortabilityState:
    """Return the state that holds; a query that nothing followed lapses."""
    state = PortabilityState(customer.mnp_state)
    since = customer.mnp_since
    is_old = since is not None and since + QUERY_LAPSES < (at or clock.now())
    if state == PortabilityState.QUERIED and is_old:
        return PortabilityState.NONE
    return state
