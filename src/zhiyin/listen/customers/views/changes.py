"""What people change about one customer, each thing on a small page of its own."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.listen.customers import services
from zhiyin.listen.customers.forms import (
    ConsentForm,
    ContactPointForm,
    CustomerForm,
    ReasonForm,
)
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.services.changes import CHANGEABLE
from zhiyin.listen.customers.views.access import (
    customer_of,
    may_edit,
    may_erase,
    point_of,
)


def _page(
    request: HttpRequest, customer: Customer, title: str | Promise, **context: Any
) -> HttpResponse:
    shown = {"customer": customer, "title": title, "button": _("Save"), **context}
    return render(request, "customers/form.html", shown)


@may_edit
def customer_edit(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    customer = customer_of(request, pk)
    form = CustomerForm(
        request.POST or None,
        person=person,
        initial={name: getattr(customer, name) for name in CHANGEABLE},
    )
    if request.method == "POST" and form.is_valid():
        services.change_customer(customer=customer, by=person, **form.cleaned_data)
        messages.success(request, _("The customer was changed."))
        return redirect("customer", pk=pk)
    return _page(request, customer, gettext_lazy("Edit customer"), form=form)


@may_edit
def contact_point_add(request: HttpRequest, pk: int) -> HttpResponse:
    customer = customer_of(request, pk)
    form = ContactPointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.save_contact_point(
            customer=customer,
            by=person_of(request),
            **form.cleaned_data,
        )
        messages.success(request, _("The contact point was added."))
        return redirect("customer", pk=pk)
    return _page(request, customer, gettext_lazy("Add a contact point"), form=form)


@may_edit
@require_POST
def contact_point_prefer(request: HttpRequest, pk: int) -> HttpResponse:
    point = point_of(request, pk)
    services.prefer_contact_point(point=point, by=person_of(request))
    return redirect("customer", pk=point.customer_id)


@may_edit
@require_POST
def contact_point_usable(request: HttpRequest, pk: int) -> HttpResponse:
    point = point_of(request, pk)
    services.mark_usable(point=point, by=person_of(request))
    return redirect("customer", pk=point.customer_id)


@may_edit
def contact_point_unusable(request: HttpRequest, pk: int) -> HttpResponse:
    point = point_of(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.mark_unusable(
            organisation=point.organisation,
            address_hash=point.address_hash,
            because=form.cleaned_data["reason"],
        )
        messages.success(request, _("Nothing more is sent there."))
        return redirect("customer", pk=point.customer_id)
    return _page(
        request,
        point.customer,
        gettext_lazy("Mark as unusable"),
        form=form,
        note=point.address_masked,
    )


@may_edit
def consent_add(request: HttpRequest, pk: int) -> HttpResponse:
    customer = customer_of(request, pk)
    form = ConsentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        services.record_consent(
            customer=customer,
            purpose=given["purpose"],
            state=given["state"],
            channel=given["channel"],
            proof=form.proof(),
            by=person_of(request),
        )
        messages.success(request, _("The consent was recorded."))
        return redirect("customer", pk=pk)
    note = _("A line is added and never changed; the newest line holds.")
    return _page(
        request, customer, gettext_lazy("Record consent"), form=form, note=note
    )


def _after_erasure(request: HttpRequest, ordered: services.Ordered) -> HttpResponse:
    """Show the proof to whoever may read it, and the list to others."""
    if person_of(request).may(Permission.MANAGE_PRIVACY):
        return redirect(ordered.url)
    messages.success(
        request,
        _("The customer is being erased; the proof is with data protection."),
    )
    return redirect("customers")


@may_erase
def customer_erase(request: HttpRequest, pk: int) -> HttpResponse:
    customer = customer_of(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ordered = services.order_erasure(
                customer=customer,
                by=person_of(request),
                reason=form.cleaned_data["reason"],
            )
        except ValueError as refusal:
            form.add_error(None, str(refusal))
        else:
            return _after_erasure(request, ordered)
    note = _(
        "The customer is taken out of every place: addresses, events, consent, known "
        "data, messages, cases, files. Answers stay without a name and without words, "
        "or go, as data protection has set it. A code that names nobody stays, so that "
        "no file brings them back. This cannot be undone."
    )
    return _page(
        request,
        customer,
        gettext_lazy("Erase this customer?"),
        form=form,
        note=note,
        button=_("Erase for good"),
        is_dangerous=True,
    )
