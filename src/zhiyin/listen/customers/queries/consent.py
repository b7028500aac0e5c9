"""What customers agreed to: the newest line of the ledger decides."""

from __future__ import annotations

from collections.abc import Collection

from zhiyin.listen.customers.models import ConsentEntry, ConsentState, Customer, Purpose
from zhiyin.listen.customers.queries.contact import in_pieces
from zhiyin.listen.customers.queries.jurisdiction import marketing_needs_yes

_NO = (ConsentState.REFUSED, ConsentState.WITHDRAWN)


def consent_in_force(
    customer_ids: Collection[int],
    purpose: str,
    channel: str = "",
) -> dict[int, str | None]:
    """Return the state that holds for each customer; None where nothing was recorded.

    A line without a channel speaks of all channels; of two lines that speak of this
    one, the newer holds. Without a channel only lines about all channels count.
    """
    state: dict[int, str | None] = dict.fromkeys(customer_ids)
    for piece in in_pieces(customer_ids):
        lines = ConsentEntry.objects.filter(
            customer_id__in=piece,
            purpose=purpose,
            channel__in={"", channel},
        ).order_by("recorded_at", "pk")
        state.update(lines.values_list("customer_id", "state"))
    return state


def is_allowed(purpose: str, state: str | None) -> bool:
    """Tell whether a purpose is allowed under a state of consent.

    Marketing and sensitive information need a yes. Surveys, service messages and
    automated decisions are allowed until the customer says no.
    """
    if purpose in (Purpose.MARKETING, Purpose.SENSITIVE):
        return state == ConsentState.GRANTED
    return state not in _NO


def who_may_be_contacted(
    customer_ids: Collection[int],
    purpose: str,
    channel: str = "",
) -> set[int]:
    """Return those of the customers whose consent allows this."""
    states = consent_in_force(customer_ids, purpose, channel)
    if purpose == Purpose.MARKETING:
        lenient = _marketed_until_no(states)
        states |= {
            pk: ConsentState.GRANTED
            for pk, state in states.items()
            if state is None and pk in lenient
        }
    return {pk for pk, state in states.items() if is_allowed(purpose, state)}


def _marketed_until_no(customer_ids: Collection[int]) -> set[int]:
    """Return those whose organisation works under a law that asks for no yes."""
    found: set[int] = set()
    for piece in in_pieces(customer_ids):
        owners = Customer.objects.filter(pk__in=piece).values_list(
            "organisation_id", flat=True
        )
        for owner in owners.order_by().distinct():
            if not marketing_needs_yes(owner):
                mine = Customer.objects.of(owner).filter(pk__in=piece)
                found.update(mine.values_list("pk", flat=True))
    return found
