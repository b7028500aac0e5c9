"""Where a customer stands with number portability today."""

from __future__ import annotations

import datetime as dt

from zhiyin.common import clock
from zhiyin.listen.customers.models import Customer, PortabilityState

# A question about porting is old news after a quarter; what became of it is unknown.
QUERY_LAPSES = dt.timedelta(days=90)
LEAVING = (PortabilityState.QUERIED, PortabilityState.AUTHORISED)


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
