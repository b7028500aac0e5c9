"""The list of customers, its file, and one customer's page."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.accounts.services import record
from zhiyin.common import clock
from zhiyin.listen.customers.forms import CustomersFilterForm
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.queries import (
    MomentKind,
    count_customers,
    customer_page,
    customers_as_csv,
    fields_shown,
    questions,
    timeline,
)
from zhiyin.listen.customers.views.access import customer_of, may_see


@may_see
def customers(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    form = CustomersFilterForm(request.GET, person=person)
    wanted = form.wanted()
    number, is_floor = count_customers(person, wanted)
    context = {
        "form": form,
        "wanted": wanted,
        "page": customer_page(person, wanted),
        "number": number,
        "is_floor": is_floor,
        "is_filtered": bool(
            wanted.search or wanted.audience or wanted.department or wanted.kept,
        ),
        "may_export": person.may(Permission.EXPORT_DATA),
        "may_import": person.may(Permission.IMPORT_RESPONSES),
    }
    return render(request, "customers/list.html", context)


@may_see
def customers_export(request: HttpRequest) -> StreamingHttpResponse:
    """Download the list, masked; that it was downloaded is recorded."""
    person = person_of(request)
    if not person.may(Permission.EXPORT_DATA):
        raise PermissionDenied(_("Your role does not include this page."))
    wanted = CustomersFilterForm(request.GET, person=person).wanted()
    record(action="customer.listed", actor=person, rows=count_customers(person, wanted))
    lines = customers_as_csv(person, wanted)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"customers-{clock.now():%Y%m%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@may_see
def single(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    customer = customer_of(request, pk)
    kind = request.GET.get("kind", "")
    revealable = Customer.objects.revealable_to(person).filter(pk=pk)
    languages = dict(settings.LANGUAGES)
    context = {
        "customer": customer,
        "language": languages.get(customer.language, customer.language),
        "points": customer.contact_points.all(),
        "consents": customer.consents.select_related("recorded_by"),
        "fields": fields_shown(customer),
        "moments": timeline(customer, person, kind=kind),
        "kind": kind,
        "kinds": MomentKind.choices,
        "questions": questions(customer, person),
        "may_edit": person.may(Permission.EDIT_CUSTOMERS),
        "may_erase": person.may(Permission.ERASE_RESPONSES),
        "may_reveal": bool(customer.key_encrypted) and revealable.exists(),
    }
    return render(request, "customers/single.html", context)
