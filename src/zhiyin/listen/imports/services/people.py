"""Meeting customers by the thousand: what `get_or_create_customers` does, in bulk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from zhiyin.accounts.models import Organisation
from zhiyin.common import clock
from zhiyin.common.bulk import existing, insert_rows, moment, take_ids
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.services import (
    encrypt_key,
    erased_keys,
    hash_key,
    mask_key,
    normalise_key,
)
from zhiyin.listen.imports.models import Role
from zhiyin.listen.imports.services.cells import Fault
from zhiyin.listen.imports.services.rejects import ERASED
from zhiyin.listen.imports.services.rows import ReadRow

_FIELDS = (
    "id", "organisation", "key_hash", "key_masked", "key_encrypted", "created_at",
)  # fmt: skip


def without_erased(organisation: Organisation, rows: list[ReadRow]) -> list[ReadRow]:
    """Return the rows; those that name somebody who was erased have a fault."""
    named = {row.codes.get(Role.CUSTOMER, "") for row in rows if row.fault is None}
    gone = erased_keys(organisation, named - {""})
    if not gone:
        return rows
    fault = Fault(str(Role.CUSTOMER.label), "", ERASED)
    return [
        replace(row, fault=fault)
        if row.fault is None and row.codes.get(Role.CUSTOMER, "") in gone
        else row
        for row in rows
    ]


def meet_customers(organisation: Organisation, keys: Iterable[str]) -> dict[str, int]:
    """Return the customer's id per key as told, making those not yet known.

    To be called in the transaction that uses the ids. Where another process makes the
    same customer meanwhile, the unique constraint refuses the whole batch, and doing
    it again finds the customer.
    """
    plain = {key: normalise_key(key) for key in keys}
    hashes = {text: hash_key(organisation.pk, text) for text in set(plain.values())}
    ids = existing(
        Customer, "key_hash", list(hashes.values()), organisation=organisation.pk
    )
    new = [(text, code) for text, code in hashes.items() if code not in ids]
    if new:
        now = moment(clock.now())
        rows = [
            (pk, organisation.pk, code, mask_key(text), encrypt_key(text), now)
            for pk, (text, code) in zip(take_ids(Customer, len(new)), new, strict=True)
        ]
        insert_rows(Customer, _FIELDS, rows)
        ids |= {row[2]: row[0] for row in rows}
    return {key: ids[hashes[text]] for key, text in plain.items()}
