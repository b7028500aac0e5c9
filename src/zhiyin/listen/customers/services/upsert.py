"""Taking customers in by the thousand: new ones are made, known ones completed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Organisation
from zhiyin.accounts.services import record
from zhiyin.common import clock
from zhiyin.common.bulk import existing, insert_rows, moment, take_ids
from zhiyin.listen.customers.models import Audience, Customer
from zhiyin.listen.customers.queries.contact import suppressed_among
from zhiyin.listen.customers.services.before import CHANGED, keep_before
from zhiyin.listen.customers.services.contact import (
    normalise_address,
    save_contact_points,
)
from zhiyin.listen.customers.services.events import department_finder
from zhiyin.listen.customers.services.keys import (
    encrypt_key,
    hash_key,
    mask_key,
    normalise_key,
)
from zhiyin.listen.customers.services.returning import REFUSED

_FIELDS = (
    "id", "organisation", "key_hash", "key_masked", "key_encrypted", "created_at",
    "source",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class NewCustomer:
    """A customer as told from outside; what is empty or None changes nothing.

    `addresses` holds pairs of kind and address, `department` a code or names joined
    by "/" from the root.
    """

    key: str
    audience: str = ""
    language: str = ""
    department: str = ""
    is_test: bool | None = None
    is_staff: bool | None = None
    addresses: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class RejectedCustomer:
    """A customer not taken: the place in what was given, the field at fault, why."""

    place: int
    field: str
    reason: str


@dataclass(frozen=True)
class RecordedCustomers:
    """What became of the customers given; `ids` follows their order."""

    new: int
    known: int
    rejected: tuple[RejectedCustomer, ...]
    ids: tuple[int | None, ...] = field(repr=False, default=())


class CustomerReader:
    """Judges what is told about customers, before anything is stored."""

    def __init__(self, organisation: Organisation) -> None:
        self.departments = department_finder(organisation)
        self._languages = {code.casefold(): code for code, _name in settings.LANGUAGES}

    def fault(self, given: NewCustomer) -> tuple[str, str] | None:
        """Return the field at fault and why, or None where all is well."""
        for name, check in (
            ("key", self._key_fault),
            ("audience", self._audience_fault),
            ("language", self._language_fault),
            ("department", self._department_fault),
        ):
            reason = check(getattr(given, name))
            if reason:
                return name, reason
        for kind, address in given.addresses:
            try:
                normalise_address(kind, address)
            except ValueError as error:
                return kind, str(error)
        return None

    def changes(self, given: NewCustomer) -> tuple[Any, ...]:
        """Return what the database is to keep, in the order of its columns."""
        return (
            given.audience or None,
            self._languages.get(given.language.casefold()),
            self.departments.get(given.department),
            given.is_test,
            given.is_staff,
        )

    @staticmethod
    def _key_fault(key: str) -> str:
        try:
            normalise_key(key)
        except ValueError as error:
            return str(error)
        return _("No text may hold the character NUL.") if "\x00" in key else ""

    @staticmethod
    def _audience_fault(code: str) -> str:
        if not code or code in Audience.values:
            return ""
        return _("“%(code)s” is no audience; use one of %(codes)s.") % {
            "code": code[:40],
            "codes": ", ".join(Audience.values),
        }

    def _language_fault(self, code: str) -> str:
        if not code or code.casefold() in self._languages:
            return ""
        return _("“%(code)s” is no language known here; use one of %(codes)s.") % {
            "code": code[:40],
            "codes": ", ".join(self._languages.values()),
        }

    def _department_fault(self, code: str) -> str:
        if not code or code in self.departments:
            return ""
        return _("There is no department “%(code)s”.") % {"code": code[:60]}


@transaction.atomic
def record_customers(
    *,
    organisation: Organisation,
    customers: Sequence[NewCustomer],
    source: str = "",
) -> RecordedCustomers:
    """Take customers in; the same again changes nothing.

    One that cannot be taken is rejected with its reason and hides no other. Somebody
    who was erased after opting out stays erased.
    """
    reader = CustomerReader(organisation)
    rejected: list[RejectedCustomer] = []
    good: dict[int, tuple[str, NewCustomer]] = {}
    for place, given in enumerate(customers):
        fault = reader.fault(given)
        if fault:
            rejected.append(RejectedCustomer(place, *fault))
        else:
            good[place] = (normalise_key(given.key), given)
    _refuse_erased(organisation, good, rejected)
    # In the order of the source, so that rows of files come nearly sorted by id.
    texts = dict.fromkeys(text for text, _given in good.values())
    ids, new = meet(organisation, texts, source)
    kept: list[int | None] = [None] * len(customers)
    for place, (text, _given) in good.items():
        kept[place] = ids[text]
    told = {ids[text]: reader.changes(each) for text, each in good.values()}
    if source:
        there = [ids[text] for text in ids if text not in new]
        keep_before(organisation, source, {pk: told[pk] for pk in there if pk in told})
    _store(organisation, told)
    _store_addresses(organisation, good, ids, source)
    if good and not source:
        record(
            action="customers.recorded",
            organisation=organisation,
            new=len(new),
            known=len(good) - len(new),
            rejected=len(rejected),
        )
    ordered = tuple(sorted(rejected, key=lambda each: each.place))
    known = max(0, len(good) - len(new))
    return RecordedCustomers(len(new), known, ordered, tuple(kept))


def _refuse_erased(
    organisation: Organisation,
    good: dict[int, tuple[str, NewCustomer]],
    rejected: list[RejectedCustomer],
) -> None:
    """Reject who was erased, known again by the key or by an address."""
    codes = {
        place: {hash_key(organisation.pk, text)}
        | {
            hash_key(organisation.pk, normalise_address(kind, address))
            for kind, address in given.addresses
        }
        for place, (text, given) in good.items()
    }
    gone = suppressed_among(organisation, set().union(*codes.values()))
    for place, known in codes.items():
        if known & gone:
            rejected.append(RejectedCustomer(place, "erased", str(REFUSED)))
            del good[place]


def meet(
    organisation: Organisation,
    texts: Iterable[str],
    source: str = "",
) -> tuple[dict[str, int], set[str]]:
    """Return the id of every key in its one spelling, and which are new.

    To be called in the transaction that uses the ids. Where another process makes the
    same customer meanwhile, the unique constraint refuses the whole batch, and doing
    it again finds the customer.
    """
    hashes = {text: hash_key(organisation.pk, text) for text in texts}
    ids = existing(
        Customer, "key_hash", list(hashes.values()), organisation=organisation.pk
    )
    missing = [text for text, code in hashes.items() if code not in ids]
    now = moment(clock.now())
    rows = [
        (
            pk,
            organisation.pk,
            hashes[text],
            mask_key(text),
            encrypt_key(text),
            now,
            source,
        )
        for pk, text in zip(take_ids(Customer, len(missing)), missing, strict=True)
    ]
    insert_rows(Customer, _FIELDS, rows)
    ids |= {row[2]: row[0] for row in rows}
    return {text: ids[code] for text, code in hashes.items()}, set(missing)


def _store(
    organisation: Organisation,
    told: Mapping[int, tuple[Any, ...]],
) -> None:
    """Complete the rows with what was told about them."""
    rows = [
        (*values, pk)
        for pk, values in told.items()
        if any(value is not None for value in values)
    ]
    if not rows:
        return
    quote = connection.ops.quote_name
    sets = ", ".join(f"{quote(name)} = coalesce(%s, {quote(name)})" for name in CHANGED)
    table = quote(Customer._meta.db_table)  # noqa: SLF001
    with connection.cursor() as cursor:
        cursor.executemany(
            f"update {table} set {sets} where id = %s"  # noqa: S608
            f" and organisation_id = {int(organisation.pk)}",
            rows,
        )


def _store_addresses(
    organisation: Organisation,
    good: Mapping[int, tuple[str, NewCustomer]],
    ids: Mapping[str, int],
    source: str,
) -> None:
    save_contact_points(
        organisation=organisation,
        addresses=(
            (ids[text], kind, normalise_address(kind, address))
            for text, given in good.values()
            for kind, address in given.addresses
        ),
        source=source,
    )
