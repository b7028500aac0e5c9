"""A customer's no, effective at once: for one purpose, for all, and for good."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_noop

from zhiyin.accounts.models import Person
from zhiyin.channels.models import Message, MessageClass
from zhiyin.common import clock
from zhiyin.listen.customers.models import (
    ConsentState,
    Customer,
    Purpose,
    SuppressedAddress,
)
from zhiyin.listen.customers.queries import (
    customers_at,
    is_allowed,
    who_may_be_contacted,
)
from zhiyin.listen.customers.queries.consent import consent_in_force
from zhiyin.listen.customers.services.consent import Proof, record_consent

_PURPOSE_OF = {
    MessageClass.SERVICE: Purpose.SERVICE,
    MessageClass.SURVEY: Purpose.SURVEY,
    MessageClass.MARKETING: Purpose.MARKETING,
}
# What must reach somebody who refused it: the code that proves who they are.
EXEMPT_KEYS = ("identity:",)


@transaction.atomic
def refuse_all(
    *, customer: Customer, proof: Proof | None = None, by: Person | None = None
) -> None:
    """Record that a customer wants nothing for any purpose; twice is once."""
    for purpose in Purpose:
        state = consent_in_force([customer.pk], purpose)[customer.pk]
        if is_allowed(purpose, state) or state is None:
            record_consent(
                customer=customer,
                purpose=purpose,
                state=ConsentState.WITHDRAWN,
                proof=proof,
                by=by,
            )


def suppress_addresses(*, organisation_id: int, hashes: Iterable[str]) -> None:
    """Remember, by keyed hash alone, where nothing is ever sent again."""
    now = clock.now()
    SuppressedAddress.objects.bulk_create(
        (
            SuppressedAddress(
                organisation_id=organisation_id, address_hash=each, since=now
            )
            for each in sorted(set(hashes) - {""})
        ),
        ignore_conflicts=True,
    )


def refusal_of(message: Message) -> str:
    """Return why a message must not leave for its receiver, or "".

    An address that several customers share is refused when each of them refused.
    """
    if message.key.startswith(EXEMPT_KEYS):
        return ""
    owner, code = message.organisation_id, message.address_hash
    if SuppressedAddress.objects.of(owner).filter(address_hash=code).exists():
        return gettext_noop("the receiver's data was erased")
    people = customers_at(owner, [code]).get(code, [])
    purpose = _PURPOSE_OF[MessageClass(message.message_class)]
    if people and not who_may_be_contacted(people, purpose, _channel(message)):
        return gettext_noop("the receiver does not agree to such messages")
    return ""


def _channel(message: Message) -> str:
    """Return the channel as the ledger calls it."""
    medium = message.account.definition.medium
    return str(medium or "")
