"""Finding addresses of customers, and customers of addresses."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from zhiyin.accounts.models import Organisation
from zhiyin.common.confidential import decrypt
from zhiyin.listen.customers.models import (
    ContactKind,
    ContactPoint,
    Customer,
    SuppressedAddress,
)

# SQLite accepts many more variables today, but older builds stop at 999.
IDS_PER_QUERY = 900
_MAINLAND = re.compile(r"^1[3-9]\d{9}$")
_E164 = re.compile(r"^\+[1-9]\d{6,14}$")
_MAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")


def in_pieces(ids: Iterable[int], size: int = IDS_PER_QUERY) -> Iterator[list[int]]:
    """Yield the ids, each once, so many at a time."""
    rest = sorted(set(ids))
    for start in range(0, len(rest), size):
        yield rest[start : start + size]


def kind_of_address(text: str) -> str:
    """Return what a key can be used as by itself: `phone`, `email` or ""."""
    if _MAINLAND.match(text) or _E164.match(text):
        return ContactKind.PHONE
    return ContactKind.EMAIL if _MAIL.match(text) else ""


def contact_point_of(
    customer_ids: Collection[int],
    kind: str,
) -> dict[int, ContactPoint]:
    """Return the address to use of each customer who has one, the preferred first.

    A customer without a contact point of this kind, whose key is itself a mainland
    or E.164 number or a mail address, gets an unsaved one made of the key. An address
    marked unusable is never returned, whichever way it is known.
    """
    found: dict[int, ContactPoint] = {}
    for piece in in_pieces(customer_ids):
        points = ContactPoint.objects.filter(customer_id__in=piece, kind=kind)
        dead: set[tuple[int, str]] = set()
        for point in points.order_by("-is_preferred", "pk"):
            if point.unusable_since is None:
                found.setdefault(point.customer_id, point)
            else:
                dead.add((point.customer_id, point.address_hash))
        without = [each for each in piece if each not in found]
        for customer in Customer.objects.filter(pk__in=without):
            if (customer.pk, customer.key_hash) in dead:
                continue
            point_of_key = _point_of_key(customer, kind)
            if point_of_key is not None:
                found[customer.pk] = point_of_key
    return found


def _point_of_key(customer: Customer, kind: str) -> ContactPoint | None:
    if not customer.key_encrypted:
        return None
    if kind_of_address(decrypt(customer.key_encrypted)) != kind:
        return None
    return ContactPoint(
        organisation_id=customer.organisation_id,
        customer=customer,
        kind=kind,
        address_hash=customer.key_hash,
        address_masked=customer.key_masked,
        address_encrypted=customer.key_encrypted,
        created_at=customer.created_at,
    )


def customers_at(
    organisation: Organisation | int,
    address_hashes: Iterable[str],
) -> dict[str, list[int]]:
    """Return the ids of the customers reached at each hash, oldest customer first.

    One number may belong to several customers: a family's, an office's. A hash that
    belongs to nobody is left out.
    """
    hashes = sorted(set(address_hashes))
    found: dict[str, set[int]] = {}
    for start in range(0, len(hashes), IDS_PER_QUERY):
        piece = hashes[start : start + IDS_PER_QUERY]
        points = ContactPoint.objects.of(organisation).filter(address_hash__in=piece)
        keys = Customer.objects.of(organisation).filter(key_hash__in=piece)
        rows = (
            *points.values_list("address_hash", "customer_id"),
            *keys.values_list("key_hash", "pk"),
        )
        for code, customer_id in rows:
            found.setdefault(code, set()).add(customer_id)
    return {code: sorted(ids) for code, ids in found.items()}


def suppressed_among(
    organisation: Organisation | int, hashes: Iterable[str]
) -> set[str]:
    """Return the hashes of keys and addresses of people who were erased for good."""
    wanted = sorted(set(hashes))
    found: set[str] = set()
    known = SuppressedAddress.objects.of(organisation)
    if not wanted or not known.exists():
        return found
    for start in range(0, len(wanted), IDS_PER_QUERY):
        piece = wanted[start : start + IDS_PER_QUERY]
        rows = known.filter(address_hash__in=piece)
        found.update(rows.values_list("address_hash", flat=True))
    return found


def erased_among(ids: Iterable[int]) -> set[int]:
    """Return those of the customers who were erased and left only their refusal."""
    found: set[int] = set()
    for piece in in_pieces(ids):
        rows = Customer.objects.filter(pk__in=piece, key_encrypted=b"")
        found.update(rows.values_list("pk", flat=True))
    return found
