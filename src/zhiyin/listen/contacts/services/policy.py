"""Changing the policy, and what stands against asking one customer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from zhiyin.accounts.models import Organisation
from zhiyin.accounts.services import record, record_many
from zhiyin.common import clock
from zhiyin.listen.contacts.models import ContactPolicy, Suppression
from zhiyin.listen.contacts.queries import Rules, policy_in_force
from zhiyin.listen.customers.models import Customer


@transaction.atomic
def save_policy(*, organisation: Organisation, rules: Rules) -> ContactPolicy:
    """Put rules in force from now on, as a new version; the same rules change nothing.

    Two people who save at once cannot make one version twice.
    """
    # Holding the organisation's row makes two savers wait for each other.
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    before = policy_in_force(organisation)
    data = rules.to_dict()
    if before.pk and before.rules == data:
        return before
    made = ContactPolicy.objects.create(
        organisation=organisation,
        version=before.version + 1,
        rules=data,
        created_at=clock.now(),
    )
    old = before.rules
    changed = {
        name: [old.get(name), value]
        for name, value in data.items()
        if old.get(name) != value
    }
    record(action="contact_policy.changed", target=made, changed=changed)
    return made


@transaction.atomic
def suppress_customer(
    *,
    customer: Customer,
    reason: str,
    ends_at: dt.datetime | None = None,
    note: str = "",
) -> Suppression:
    """Ask this customer nothing from now on, until a moment or until it is lifted."""
    made = Suppression.objects.create(
        organisation_id=customer.organisation_id,
        customer=customer,
        reason=reason,
        starts_at=clock.now(),
        ends_at=ends_at,
        note=note,
    )
    record(action="suppression.added", target=made, reason=reason)
    return made


@transaction.atomic
def suppress_customers(
    *,
    notes: Sequence[tuple[Customer, str]],
    reason: str,
) -> list[Suppression]:
    """Ask none of these customers anything from now on; each with a note of its own."""
    now = clock.now()
    made = Suppression.objects.bulk_create(
        Suppression(
            organisation_id=customer.organisation_id,
            customer=customer,
            reason=reason,
            starts_at=now,
            note=note,
        )
        for customer, note in notes
    )
    record_many(action="suppression.added", targets=made, reason=reason)
    return made


@transaction.atomic
def lift_suppression(*, suppression: Suppression) -> None:
    """Let the customer be asked again from now on; the entry stays as history."""
    now = clock.now()
    if suppression.ends_at is None or suppression.ends_at > now:
        suppression.ends_at = max(now, suppression.starts_at)
        suppression.save(update_fields=["ends_at"])
        record(action="suppression.lifted", target=suppression)
