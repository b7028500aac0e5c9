"""The fence of number portability: who must be left alone, and what may be done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from zhiyin.accounts.models import Organisation
from zhiyin.common import clock
from zhiyin.listen.contacts.models import PortabilityFence, PortabilityStrategy
from zhiyin.listen.customers.models import (
    Customer,
    PortabilityChange,
    PortabilityState,
    PortabilityStep,
)
from zhiyin.listen.customers.queries import portability_of
from zhiyin.listen.customers.queries.contact import in_pieces

_ENDS = (PortabilityStep.EXPIRED, PortabilityStep.PORTED_OUT)


@dataclass(frozen=True)
class Fenced:
    """A time in which one customer is left alone because the number is being ported."""

    customer_id: int
    starts_at: dt.datetime
    ends_at: dt.datetime


def fence_of(organisation: Organisation | int) -> PortabilityFence:
    """Return how the organisation fences; the law's numbers before any change."""
    pk = organisation if isinstance(organisation, int) else organisation.pk
    found = PortabilityFence.objects.of(pk).first()
    return found or PortabilityFence(organisation_id=pk)


def fenced_times(customer_ids: Collection[int]) -> Iterator[Fenced]:
    """Yield every time in which customers are fenced, past ones too.

    It begins when the authorisation is known, and ends some hours after porting or
    expiry; where nothing more is heard, after the longest time.
    """
    fences: dict[int, PortabilityFence] = {}
    for piece in in_pieces(customer_ids):
        steps: dict[int, list[PortabilityChange]] = {}
        for row in PortabilityChange.objects.filter(customer_id__in=piece):
            steps.setdefault(row.customer_id, []).append(row)
        for rows in steps.values():
            owner = rows[0].organisation_id
            if owner not in fences:
                fences[owner] = fence_of(owner)
            yield from _of_steps(rows, fences[owner])


def _of_steps(
    rows: Sequence[PortabilityChange], fence: PortabilityFence
) -> Iterator[Fenced]:
    for place, row in enumerate(rows):
        if row.step != PortabilityStep.AUTHORISED:
            continue
        start = max(row.at, row.known_at)
        longest = start + dt.timedelta(days=fence.days_at_most)
        over = (
            max(each.at, each.known_at) + dt.timedelta(hours=fence.hours_after)
            for each in rows[place + 1 :]
            if each.step in _ENDS
        )
        yield Fenced(row.customer_id, start, min(longest, next(over, longest)))


def is_fenced(customer_ids: Collection[int]) -> bool:
    """Tell whether any of these customers is left alone now."""
    now = clock.now()
    return any(
        each.starts_at <= now < each.ends_at for each in fenced_times(customer_ids)
    )


def refuses_offers(customer_ids: Collection[int]) -> bool:
    """Tell whether no offer may be made to any of these customers now.

    So it is after a query, unless counsel signed that offers are allowed then.
    """
    for piece in in_pieces(customer_ids):
        rows = Customer.objects.filter(pk__in=piece, mnp_state=PortabilityState.QUERIED)
        for customer in rows:
            is_asking = portability_of(customer) == PortabilityState.QUERIED
            if is_asking and not fence_of(customer.organisation_id).allows_offers:
                return True
    return False


def standard_strategies() -> list[PortabilityStrategy]:
    """Return what to do in each state until somebody changed it; not saved."""
    made = {
        PortabilityState.QUERIED: (
            _("Explain the conditions of porting; solve what the customer reports."),
            _("No offer, no comparison, no delay, no questions about the reason."),
            _("hotline or the customer's own manager, only when the customer calls"),
            _(
                "You asked about porting your number. Here is what it needs, and "
                "whether anything stands in its way. Can we put anything right?"
            ),
        ),
        PortabilityState.AUTHORISED: (
            _("Carry the porting out in time. Answer what the customer asks."),
            _("No survey, no marketing, no attempt to keep the customer."),
            _("nobody on their own initiative"),
            "",
        ),
        PortabilityState.PORTED_OUT: (
            _("Settle the bill; once, later, ask for the reasons of leaving."),
            _("No marketing; data only for settlement and what the law asks."),
            _("research, once, from seven days after"),
            "",
        ),
        PortabilityState.PORTED_IN: (
            _("Welcome, check the service, ask about the first days."),
            _("No tariff or present only for those who brought a number."),
            _("installation, hotline, care in the first month"),
            "",
        ),
    }
    return [
        PortabilityStrategy(state=state, may=may, must_not=must, who=who, text=text)
        for state, (may, must, who, text) in made.items()
    ]


def strategies_of(organisation_id: int) -> list[PortabilityStrategy]:
    """Return what to do in each state."""
    kept = {row.state: row for row in PortabilityStrategy.objects.of(organisation_id)}
    return [kept.get(each.state, each) for each in standard_strategies()]


@dataclass(frozen=True)
class PortabilityShown:
    """A customer's state in words, since when, what to do, and how it came there."""

    state: str
    label: str
    since: dt.datetime | None
    fenced_until: dt.datetime | None
    strategy: PortabilityStrategy | None
    steps: list[PortabilityChange]


def portability_shown(customer: Customer) -> PortabilityShown:
    """Return what a page says of a customer's number."""
    state = portability_of(customer)
    now = clock.now()
    until = [
        each.ends_at
        for each in fenced_times([customer.pk])
        if each.starts_at <= now < each.ends_at
    ]
    # After expiry the state is none, while the customer is still left alone.
    acting = PortabilityState.AUTHORISED if until else state
    found = (
        row for row in strategies_of(customer.organisation_id) if row.state == acting
    )
    return PortabilityShown(
        state,
        str(state.label),
        customer.mnp_since if state != PortabilityState.NONE else None,
        max(until, default=None),
        next(found, None),
        list(customer.portability_changes.order_by("-at", "-pk")[:10]),
    )
