"""The list of customers: found by key or tail, filtered, read by keyset."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Department, Person
from zhiyin.common.confidential import decrypt, keyed_hash, one_spelling
from zhiyin.common.spreadsheets import csv_pieces
from zhiyin.listen.customers.models import (
    SHOWN_TAIL,
    ContactPoint,
    Customer,
    CustomerQuerySet,
    shown_tail_is,
)

PAGE_ROWS = 50
COUNTED_UP_TO = 10_000
MOST_AT_ONE_ADDRESS = 500
KEPT = ("opted_out", "test", "staff", "unreachable")
_CHUNK = 2_000


@dataclass(frozen=True, kw_only=True)
class WantedCustomers:
    """What the list shows; `kept` is "" or one of `KEPT`."""

    search: str = ""
    audience: str = ""
    department: Department | None = None
    kept: str = ""
    before: int | None = None


@dataclass(frozen=True)
class CustomerPage:
    """One page of customers, and the key of the next one."""

    rows: list[Customer]
    next_key: int | None


def wanted_customers(person: Person, wanted: WantedCustomers) -> CustomerQuerySet:
    """Return the customers this person sees under these filters, the newest first."""
    rows = Customer.objects.visible_to(person).exclude(key_encrypted=b"")
    if wanted.search:
        rows = rows.filter(_found_by(person.organisation_id, wanted.search))
    if wanted.audience:
        rows = rows.filter(audience=wanted.audience)
    if wanted.department is not None:
        rows = rows.filter(department__path__startswith=wanted.department.path)
    if wanted.kept == "test":
        rows = rows.filter(is_test=True)
    elif wanted.kept == "staff":
        rows = rows.filter(is_staff=True)
    elif wanted.kept == "opted_out":
        rows = rows.filter(opted_out_at__isnull=False)
    elif wanted.kept == "unreachable":
        rows = rows.filter(contact_points__unusable_since__isnull=False).distinct()
    return rows.order_by("-pk")


def _found_by(organisation_id: int, search: str) -> Q:
    """Match the whole key or address by its hash, a short tail by what is shown."""
    text = one_spelling(search)
    code = keyed_hash(organisation_id, text)
    at = ContactPoint.objects.of(organisation_id).filter(address_hash=code)
    # Named one by one, so that an index serves each way of finding.
    known = list(at.values_list("customer", flat=True)[:MOST_AT_ONE_ADDRESS])
    found = Q(key_hash=code) | Q(pk__in=known)
    if len(text) <= SHOWN_TAIL:
        found |= shown_tail_is(text)
    return found


def customer_page(person: Person, wanted: WantedCustomers) -> CustomerPage:
    """Return one page, going on before a key."""
    rows = wanted_customers(person, wanted).select_related("department")
    if wanted.before:
        rows = rows.filter(pk__lt=wanted.before)
    found = list(rows[: PAGE_ROWS + 1])
    shown = found[:PAGE_ROWS]
    return CustomerPage(shown, shown[-1].pk if len(found) > PAGE_ROWS else None)


def count_customers(person: Person, wanted: WantedCustomers) -> tuple[int, bool]:
    """Return how many there are, and whether counting stopped before the end."""
    some = wanted_customers(person, wanted).order_by()[: COUNTED_UP_TO + 1]
    number = some.count()
    return min(number, COUNTED_UP_TO), number > COUNTED_UP_TO


def exported_customers(
    person: Person, wanted: WantedCustomers, *, is_clear: bool
) -> CustomerQuerySet:
    """Return what a file of the list holds: in clear only whom one may reveal."""
    rows = wanted_customers(person, wanted)
    if is_clear:
        rows = rows.filter(pk__in=Customer.objects.revealable_to(person).values("pk"))
    return rows


def customers_as_csv(rows: CustomerQuerySet, *, is_clear: bool) -> Iterator[bytes]:
    """Yield the list as a file any spreadsheet opens, masked or in clear."""
    header = [
        _("number"),
        _("customer"),
        _("audience"),
        _("department"),
        _("language"),
        _("test number"),
        _("own staff"),
        _("opted out"),
        _("known since"),
    ]
    full = rows.select_related("department").iterator(_CHUNK)
    return csv_pieces(header, (_cells(each, is_clear=is_clear) for each in full))


def _cells(customer: Customer, *, is_clear: bool) -> list[object]:
    opted_out = customer.opted_out_at
    return [
        customer.pk,
        decrypt(customer.key_encrypted) if is_clear else customer.key_masked,
        customer.get_audience_display(),
        str(customer.department or ""),
        customer.language,
        int(customer.is_test),
        int(customer.is_staff),
        opted_out.date().isoformat() if opted_out else "",
        customer.created_at.date().isoformat(),
    ]


def exclusions_of(customer_ids: Collection[int]) -> dict[int, str]:
    """Return why answers of these customers never count: `test` or `employee`.

    Customers whose answers count are left out. To be asked when an answer comes in.
    """
    found: dict[int, str] = {}
    ids = sorted(set(customer_ids))
    for start in range(0, len(ids), 900):
        rows = Customer.objects.filter(
            Q(is_test=True) | Q(is_staff=True),
            pk__in=ids[start : start + 900],
        )
        for pk, is_test in rows.values_list("pk", "is_test"):
            found[pk] = "test" if is_test else "employee"
    return found
