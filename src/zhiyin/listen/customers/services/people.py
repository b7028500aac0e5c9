"""Meeting customers again by their keys, and letting them go."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from zhiyin.accounts.models import Organisation
from zhiyin.accounts.services import record
from zhiyin.common import clock
from zhiyin.listen.customers.models import (
    ConsentState,
    Customer,
    Purpose,
    SuppressedAddress,
)
from zhiyin.listen.customers.services.consent import Proof, record_consent
from zhiyin.listen.customers.services.keys import (
    encrypt_key,
    hash_key,
    mask_key,
    normalise_key,
)
from zhiyin.listen.customers.services.known import note_erasure
from zhiyin.listen.customers.services.returning import refuse_erased

# SQLite accepts many more variables today, but older builds stop at 999.
ROWS_PER_QUERY = 900


def _ids_by_hash(organisation_id: int, hashes: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(hashes), ROWS_PER_QUERY):
        rows = Customer.objects.filter(
            organisation_id=organisation_id,
            key_hash__in=hashes[start : start + ROWS_PER_QUERY],
        )
        found.update(rows.values_list("key_hash", "pk"))
    return found


@transaction.atomic
def get_or_create_customers(
    *,
    organisation: Organisation,
    keys: Iterable[str],
) -> dict[str, int]:
    """Return the customer's id for every key given, making those not yet known.

    The dictionary is keyed by the keys exactly as given; two spellings of one
    number lead to one id. Two processes may do this at once: a unique constraint
    decides, and the loser reads the winner's row.
    """
    plain = {key: normalise_key(key) for key in keys}
    hashes = {text: hash_key(organisation.pk, text) for text in set(plain.values())}
    known = _ids_by_hash(organisation.pk, list(hashes.values()))
    missing = {text: code for text, code in hashes.items() if code not in known}
    if missing:
        Customer.objects.bulk_create(
            (
                Customer(
                    organisation=organisation,
                    key_hash=code,
                    key_masked=mask_key(text),
                    key_encrypted=encrypt_key(text),
                )
                for text, code in missing.items()
            ),
            batch_size=ROWS_PER_QUERY,
            ignore_conflicts=True,
        )
        known |= _ids_by_hash(organisation.pk, list(missing.values()))
    return {key: known[hashes[text]] for key, text in plain.items()}


def get_or_create_customer(*, organisation: Organisation, key: str) -> Customer:
    """Return the customer with this key.

    Raises ErasedCustomerError for somebody who was erased.
    """
    refuse_erased(organisation, key)
    ids = get_or_create_customers(organisation=organisation, keys=[key])
    return Customer.objects.get(pk=ids[key])


@transaction.atomic
def withdraw_customer(
    *, customer: Customer, source: str = "", evidence: str = ""
) -> None:
    """Ask this customer nothing more, as they wished; the ledger says so too."""
    if customer.opted_out_at is None:
        record_consent(
            customer=customer,
            purpose=Purpose.SURVEY,
            state=ConsentState.WITHDRAWN,
            proof=Proof(source=source, evidence=evidence),
        )


@transaction.atomic
def erase_customer(*, customer: Customer, reason: str = "") -> None:
    """Forget who a customer is; the wish not to be asked is all that stays.

    A customer who opted out keeps a row with nothing but the keyed hash and the lines
    of refusal, so that the next file which names them does not ask again. What files
    know of the customer is out of reach at once and off the disk soon after.
    """
    record(
        action="customer.erased",
        organisation=customer.organisation_id,
        reason=reason,
    )
    note_erasure(
        organisation_id=customer.organisation_id,
        customer_ids=[customer.pk],
    )
    if customer.opted_out_at is None:
        customer.delete()
        return
    customer.contact_points.all().delete()
    customer.events.all().delete()
    refusals = customer.consents.filter(
        state__in=[ConsentState.REFUSED, ConsentState.WITHDRAWN],
    )
    customer.consents.exclude(pk__in=refusals).delete()
    refusals.update(evidence="")
    SuppressedAddress.objects.get_or_create(
        organisation_id=customer.organisation_id,
        address_hash=customer.key_hash,
        defaults={"since": clock.now()},
    )
    customer.key_encrypted = b""
    customer.key_masked = mask_key("")
    customer.language = ""
    customer.department = None
    customer.save(
        update_fields=["key_encrypted", "key_masked", "language", "department"],
    )
