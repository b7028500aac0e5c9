"""A no to every purpose, effective in every queue in the same transaction."""

from __future__ import annotations

from zhiyin.accounts.models import Person
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.services import (
    DataSubject,
    Proof,
    refuse_all,
    suppress_addresses,
)
from zhiyin.listen.programs.services import empty_queues


def stop_everything(
    *, customer: Customer, subject: DataSubject, by: Person | None, for_good: bool
) -> None:
    """Refuse every purpose and empty the queues; for good, suppress the addresses.

    Whatever is queued later is refused at the last door, before it leaves.
    """
    refuse_all(customer=customer, proof=Proof(source="privacy"), by=by)
    if for_good:
        suppress_addresses(
            organisation_id=subject.organisation_id, hashes=subject.hashes
        )
    empty_queues(
        organisation=subject.organisation_id,
        customers=[customer.pk],
        for_every_purpose=True,
    )
