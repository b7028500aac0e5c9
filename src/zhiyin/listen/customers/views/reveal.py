"""Keys and addresses in clear: once, for a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from zhiyin.accounts.queries.requests import person_of
from zhiyin.listen.customers.forms import RevealForm
from zhiyin.listen.customers.models import AttributeField, ContactPoint, Customer
from zhiyin.listen.customers.services import (
    RevealRefusedError,
    reveal_contact_point,
    reveal_customer,
    reveal_field,
)
from zhiyin.listen.customers.views.access import may_reveal


@may_reveal
def customer_reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a reason, then show the key once; a page, or a part of one."""
    person = person_of(request)
    customer = get_object_or_404(Customer.objects.revealable_to(person), pk=pk)
    shown = {
        "customer": customer,
        "masked": customer.key_masked,
        "part": f"reveal-{pk}",
        "action": reverse("customer-reveal", args=[pk]),
    }
    return show_for_a_reason(
        request,
        shown,
        lambda reason: reveal_customer(customer=customer, by=person, reason=reason),
    )


@may_reveal
def contact_point_reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Do the same for one address of a customer."""
    person = person_of(request)
    customers = Customer.objects.revealable_to(person)
    points = ContactPoint.objects.visible_to(person).filter(customer__in=customers)
    point = get_object_or_404(points, pk=pk)
    shown = {
        "customer": point.customer,
        "masked": point.address_masked,
        "part": f"reveal-point-{pk}",
        "action": reverse("contact-point-reveal", args=[pk]),
    }
    return show_for_a_reason(
        request,
        shown,
        lambda reason: reveal_contact_point(point=point, by=person, reason=reason),
    )


@may_reveal
def field_reveal(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Do the same for one sensitive field of a customer."""
    person = person_of(request)
    customer = get_object_or_404(Customer.objects.revealable_to(person), pk=pk)
    fields = AttributeField.objects.of(customer.organisation_id).in_use()
    field = get_object_or_404(fields, code=code)
    shown = {
        "customer": customer,
        "masked": field.label,
        "part": f"reveal-field-{pk}-{code}",
        "action": reverse("customer-field-reveal", args=[pk, code]),
    }
    return show_for_a_reason(
        request,
        shown,
        lambda reason: reveal_field(
            customer=customer, code=code, by=person, reason=reason
        ),
    )


def show_for_a_reason(
    request: HttpRequest,
    shown: dict[str, Any],
    look: Callable[[str], str],
) -> HttpResponse:
    """Ask for a reason, then show what `look` returns once; a page, or a part of one.

    `shown` says what stands there masked, the part of the page, and the address.
    """
    form = RevealForm(request.POST or None)
    key = ""
    if request.method == "POST" and form.is_valid():
        try:
            key = look(form.cleaned_data["reason"])
        except RevealRefusedError as error:
            form.add_error(None, str(error))
    is_part = request.headers.get("HX-Request") == "true"
    template = "_reveal" if is_part else "reveal"
    context = {**shown, "form": form, "key": key}
    response = render(request, f"customers/{template}.html", context)
    response["Cache-Control"] = "no-store"
    return response
