"""People who were erased: what still tells of them is refused until they come back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.accounts.models import Organisation, Person
from zhiyin.accounts.services import record
from zhiyin.common.confidential import one_spelling
from zhiyin.listen.customers.models import Customer, SuppressedAddress
from zhiyin.listen.customers.queries.contact import suppressed_among
from zhiyin.listen.customers.services.keys import (
    encrypt_key,
    hash_key,
    mask_key,
    normalise_key,
)

SHORTEST_REASON = 4
REFUSED = gettext_lazy(
    "This person was erased. If they come back of their own will, data protection "
    "lifts the suppression, with a reason."
)


class ErasedCustomerError(ValueError):
    """New data names somebody who was erased; nothing is kept of it."""

    def __init__(self) -> None:
        super().__init__(str(REFUSED))


class NothingSuppressedError(ValueError):
    """Nobody was erased under what was given, or the reason is missing."""


def erased_keys(organisation: Organisation, keys: Iterable[str]) -> set[str]:
    """Return those of the keys, as they are given, whose people were erased."""
    codes = {key: hash_key(organisation.pk, normalise_key(key)) for key in set(keys)}
    gone = suppressed_among(organisation, codes.values())
    return {key for key, code in codes.items() if code in gone}


def refuse_erased(organisation: Organisation, key: str) -> None:
    """Raise ErasedCustomerError where the key is that of an erased person."""
    if erased_keys(organisation, [key]):
        raise ErasedCustomerError


@transaction.atomic
def lift_suppression(
    *, organisation: Organisation, texts: Iterable[str], by: Person, reason: str
) -> int:
    """Let a person be known again who came back; returns how many codes were lifted.

    Their refusals stay until they agree anew. Raises NothingSuppressedError where no
    key or address given belongs to anybody erased, or without a reason.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise NothingSuppressedError(
            _("Give a reason of at least %(count)s characters; it is recorded.")
            % {"count": SHORTEST_REASON},
        )
    spelled = {one_spelling(each) for each in texts if each.strip()}
    codes = {hash_key(organisation.pk, text): text for text in spelled}
    gone = suppressed_among(organisation, codes)
    if not gone:
        raise NothingSuppressedError(_("Nobody was erased under this."))
    rows = SuppressedAddress.objects.of(organisation).filter(address_hash__in=gone)
    rows.delete()
    emptied = Customer.objects.of(organisation).filter(
        key_hash__in=gone, key_encrypted=b""
    )
    for customer in emptied:
        text = codes[customer.key_hash]
        customer.key_encrypted, customer.key_masked = encrypt_key(text), mask_key(text)
        customer.save(update_fields=["key_encrypted", "key_masked"])
    record(
        action="suppression.lifted",
        organisation=organisation,
        actor=by,
        reason=reason.strip()[:300],
        codes=len(gone),
    )
    return len(gone)


@dataclass(frozen=True)
class Ordered:
    """An erasure that was ordered: its number, and the page of its proof."""

    number: int
    url: str


Order = Callable[[Customer, Person, str], Ordered]
_orders: list[Order] = []


def register_eraser(order: Order) -> None:
    """Say who erases customers from every place; the last one said holds."""
    _orders[:] = [order]


def order_erasure(*, customer: Customer, by: Person, reason: str) -> Ordered:
    """Order the erasure of a customer from every place, with a proof.

    From here on nothing is sent to them; the rest is done in the background. Raises
    ValueError where something forbids it, such as a legal hold.
    """
    (order,) = _orders
    return order(customer, by, reason)
