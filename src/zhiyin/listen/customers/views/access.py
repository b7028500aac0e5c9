"""Who may open the pages of customers, and which customer an address means."""

from __future__ import annotations

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.common.access import permission_required
from zhiyin.listen.customers.models import ContactPoint, Customer

may_see = permission_required(Permission.SEE_CUSTOMERS)
may_edit = permission_required(Permission.EDIT_CUSTOMERS)
may_reveal = permission_required(Permission.REVEAL_PERSONAL_DATA)
may_erase = permission_required(Permission.ERASE_RESPONSES)


def customer_of(request: HttpRequest, pk: int) -> Customer:
    """Return a customer this person may know of, or 404."""
    rows = Customer.objects.visible_to(person_of(request))
    return get_object_or_404(rows.select_related("department"), pk=pk)


def point_of(request: HttpRequest, pk: int) -> ContactPoint:
    """Return a contact point of a customer this person may know of, or 404."""
    customers = Customer.objects.visible_to(person_of(request))
    rows = ContactPoint.objects.visible_to(person_of(request)).filter(
        customer__in=customers,
    )
    return get_object_or_404(rows.select_related("customer"), pk=pk)
