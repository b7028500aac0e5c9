"""Where customers can be reached: kept encrypted, found by hash, marked when dead."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Organisation, Person
from zhiyin.accounts.services import record
from zhiyin.common import clock
from zhiyin.common.confidential import (
    decrypt,
    encrypt,
    keyed_hash,
    mask,
    one_spelling,
)
from zhiyin.listen.customers.models import ContactKind, ContactPoint, Customer
from zhiyin.listen.customers.queries.contact import kind_of_address

ROWS_PER_QUERY = 900
_PHONE = re.compile(r"^\+?\d{5,15}$")
_PERSONAL = re.compile(r"\S*@\S+|\+?\d[\d\-]{5,}")
_CODE = re.compile(r"^[\w@.\-]{1,100}$")


def normalise_address(kind: str, address: str) -> str:
    """Return the one spelling of an address.

    Raises ValueError, in words for people, where it is none of its kind.
    """
    text = one_spelling(address)
    if kind == ContactKind.EMAIL:
        try:
            validate_email(text)
        except ValidationError as error:
            raise ValueError(
                _("“%(text)s” is not an e-mail address.") % {"text": mask(text)},
            ) from error
    elif kind == ContactKind.PHONE:
        if not _PHONE.match(text):
            raise ValueError(
                _("“%(text)s” is not a telephone number.") % {"text": mask(text)},
            )
    elif not _CODE.match(text):
        raise ValueError(_("“%(text)s” is not an id.") % {"text": mask(text)})
    return text


def contact_point(customer: Customer, kind: str, text: str) -> ContactPoint:
    """Return an unsaved contact point of an address in its one spelling."""
    return ContactPoint(
        organisation_id=customer.organisation_id,
        customer=customer,
        kind=kind,
        address_hash=keyed_hash(customer.organisation_id, text),
        address_masked=mask(text),
        address_encrypted=encrypt(text),
        created_at=clock.now(),
    )


@transaction.atomic
def save_contact_point(
    *,
    customer: Customer,
    kind: str,
    address: str,
    is_preferred: bool = False,
    is_verified: bool = False,
    by: Person | None = None,
) -> ContactPoint:
    """Keep an address of a customer; saying it again changes nothing.

    An address that was found dead stays dead until `mark_usable`: the file that
    names it every night does not know better. Raises ValueError for a bad address.
    """
    text = normalise_address(kind, address)
    made = contact_point(customer, kind, text)
    point, is_new = ContactPoint.objects.get_or_create(
        customer=customer,
        kind=kind,
        address_hash=made.address_hash,
        defaults={
            "organisation_id": customer.organisation_id,
            "address_masked": made.address_masked,
            "address_encrypted": made.address_encrypted,
            "created_at": made.created_at,
        },
    )
    if is_verified and point.verified_at is None:
        point.verified_at = clock.now()
        point.save(update_fields=["verified_at"])
    if is_preferred and not point.is_preferred:
        prefer_contact_point(point=point, by=by)
    if is_new:
        record(action="contact_point.added", target=point, actor=by, kind=str(kind))
    return point


@transaction.atomic
def save_contact_points(
    *,
    organisation: Organisation,
    addresses: Iterable[tuple[int, str, str]],
    source: str = "",
) -> int:
    """Keep many (customer id, kind, address) at once; returns how many there were.

    Addresses are expected to have passed `normalise_address`.
    """
    now = clock.now()
    rows = [
        ContactPoint(
            organisation=organisation,
            customer_id=customer_id,
            kind=kind,
            address_hash=keyed_hash(organisation.pk, text),
            address_masked=mask(text),
            address_encrypted=encrypt(text),
            created_at=now,
            source=source,
        )
        for customer_id, kind, text in addresses
    ]
    ContactPoint.objects.bulk_create(
        rows,
        batch_size=ROWS_PER_QUERY // 10,
        ignore_conflicts=True,
    )
    return len(rows)


@transaction.atomic
def prefer_contact_point(*, point: ContactPoint, by: Person | None = None) -> None:
    """Use this address before the customer's others of its kind."""
    siblings = ContactPoint.objects.filter(customer=point.customer, kind=point.kind)
    siblings.update(is_preferred=False)
    point.is_preferred = True
    point.save(update_fields=["is_preferred"])
    record(action="contact_point.preferred", target=point, actor=by)


@transaction.atomic
def mark_unusable(
    *,
    organisation: Organisation | int,
    address_hash: str,
    because: str,
) -> int:
    """Send nothing more to an address that proved dead; returns to how many points.

    A customer who was reached by the key itself gets a contact point that says so.
    """
    now = clock.now()
    for customer in Customer.objects.of(organisation).filter(key_hash=address_hash):
        if customer.key_encrypted:
            text = decrypt(customer.key_encrypted)
            kind = kind_of_address(text)
            if kind:
                save_contact_point(customer=customer, kind=kind, address=text)
    points = ContactPoint.objects.of(organisation).filter(
        address_hash=address_hash,
        unusable_since=None,
    )
    marked = list(points)
    points.update(unusable_since=now, unusable_because=because[:200])
    for point in marked:
        # What a server says often repeats the address; this log is never erased.
        reason = _PERSONAL.sub("…", because)
        record(action="contact_point.marked_unusable", target=point, reason=reason)
    return len(marked)


@transaction.atomic
def mark_usable(*, point: ContactPoint, by: Person | None = None) -> None:
    """Take a mark back: the customer said that the address works again."""
    point.unusable_since = None
    point.unusable_because = ""
    point.save(update_fields=["unusable_since", "unusable_because"])
    record(action="contact_point.marked_usable", target=point, actor=by)
