"""What waits for a decision, and what left the house."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from zhiyin.accounts.models import Approval, ExportRecord, Permission, Person


def approvals_of(person: Person) -> QuerySet[Approval]:
    """Return the requests a person may know of, the newest first."""
    rows = Approval.objects.visible_to(person)
    return rows.select_related("asked_by", "decided_by", "organisation")


def approvals_waiting_for(person: Person) -> QuerySet[Approval]:
    """Return requests of others that wait; who may decide is told one by one."""
    if not person.may(Permission.APPROVE_REQUESTS):
        return Approval.objects.none()
    rows = Approval.objects.visible_to(person).waiting()
    return rows.exclude(asked_by=person).select_related("asked_by", "organisation")


def people_who_approve(person: Person) -> list[Person]:
    """Return the active colleagues whose roles include approving, but not oneself."""
    people = Person.objects.visible_to(person).filter(is_active=True)
    others = people.exclude(pk=person.pk).prefetch_related("role_assignments")
    return [one for one in others if one.may(Permission.APPROVE_REQUESTS)]


def exports_of(
    person: Person, *, kind: str = "", search: str = ""
) -> QuerySet[ExportRecord]:
    """Return the register of exports, narrowed by kind, and by person or number."""
    rows = ExportRecord.objects.visible_to(person).select_related("by", "approval")
    rows = rows.defer("customers_packed")
    if kind:
        rows = rows.filter(kind=kind)
    if search:
        found = Q(by__name__icontains=search) | Q(purpose__icontains=search)
        digits = search.upper().removeprefix("E")
        if digits.isascii() and digits.isdecimal() and len(digits) < 19:  # noqa: PLR2004 - what a number can hold
            found |= Q(pk=int(digits))
        rows = rows.filter(found)
    return rows


def export_kinds(person: Person) -> list[str]:
    """Return the kinds of exports that stand in the register."""
    rows = ExportRecord.objects.visible_to(person).order_by("kind")
    return list(rows.values_list("kind", flat=True).distinct())


def exports_holding(organisation_id: int, customer_id: int) -> list[ExportRecord]:
    """Return every file a customer was in, the newest first.

    For requests to delete: the files are with their recipients, who are to be told.
    """
    rows = ExportRecord.objects.of(organisation_id).exclude(customers=None)
    full = rows.filter(customers__gt=0).select_related("by")
    return [each for each in full.iterator(50) if each.holds(customer_id)]
