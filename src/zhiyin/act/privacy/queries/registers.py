"""What rests on an assessment, who got exports, and whom an incident concerns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from zhiyin.accounts.models import ExportRecord, Person
from zhiyin.act.privacy.models import Assessment, Incident
from zhiyin.common.spreadsheets import csv_pieces
from zhiyin.listen.customers.models import AttributeField, Customer


def resting_on(assessment: Assessment) -> QuerySet[AttributeField]:
    """Return the sensitive fields that are kept under an assessment."""
    rows = AttributeField.objects.of(assessment.organisation_id)
    return rows.filter(assessment=assessment.number, is_on=True)


def exports_for(
    person: Person, names: Sequence[str]
) -> tuple[dict[str, int], list[tuple[str, int]]]:
    """Return how many exports went to each processor, and to whom nobody registered."""
    rows = ExportRecord.objects.of(person.organisation).exclude(recipient="")
    counted = rows.order_by().values_list("recipient").annotate(n=Count("pk"))
    registered = {name.casefold() for name in names}
    known: dict[str, int] = {}
    unknown: list[tuple[str, int]] = []
    for recipient, count in counted:
        plain = recipient.strip().casefold()
        if plain in registered:
            known[plain] = known.get(plain, 0) + count
        else:
            unknown.append((recipient, count))
    return known, sorted(unknown)


def concerned(person: Person, incident: Incident) -> QuerySet[Customer]:
    """Return the customers an incident concerns, as far as this person sees them."""
    rows = Customer.objects.visible_to(person).select_related("department")
    return rows.filter(pk__in=incident.people.values("customer")).order_by("pk")


def concerned_as_csv(rows: QuerySet[Customer]) -> Iterator[bytes]:
    """Yield the list masked, as a file any spreadsheet opens."""
    header = [_("number"), _("customer"), _("department")]
    full = rows.iterator(2_000)
    return csv_pieces(
        header,
        ([each.pk, each.key_masked, str(each.department or "")] for each in full),
    )
