"""The list of customers, its file, and one customer's page."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Content, Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.accounts.services import WantedExport, open_export
from zhiyin.common.spreadsheets import file_answer
from zhiyin.listen.customers.forms import CustomersFilterForm
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.queries import (
    MomentKind,
    count_customers,
    customer_page,
    customers_as_csv,
    exported_customers,
    fields_by_group,
    panels,
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
    clear_query = request.GET.copy()
    clear_query["clear"] = "1"
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
        "may_reveal": person.may(Permission.REVEAL_PERSONAL_DATA),
        "clear_query": clear_query.urlencode(),
        "may_import": person.may(Permission.IMPORT_RESPONSES),
    }
    return render(request, "customers/list.html", context)


@may_see
def customers_export(request: HttpRequest) -> HttpResponseBase:
    """Download the list: masked, or in clear with a second person's approval."""
    person = person_of(request)
    if not person.may(Permission.EXPORT_DATA):
        raise PermissionDenied(_("Your role does not include this page."))
    wanted = CustomersFilterForm(request.GET, person=person).wanted()
    is_clear = request.GET.get("clear") == "1"
    if is_clear and not person.may(Permission.REVEAL_PERSONAL_DATA):
        raise PermissionDenied(_("Your role may not see personal data in clear."))
    rows = exported_customers(person, wanted, is_clear=is_clear)
    made = open_export(
        request,
        WantedExport(
            kind="customer.listed",
            rows=rows.count(),
            content=Content.CLEAR if is_clear else Content.MASKED,
            customers=rows.order_by("pk").values_list("pk", flat=True),
        ),
    )
    pieces = customers_as_csv(rows, is_clear=is_clear)
    return file_answer(pieces, made.file_name("customers", "csv"))


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
        "groups": fields_by_group(customer),
        "moments": timeline(customer, person, kind=kind),
        "kind": kind,
        "kinds": MomentKind.choices,
        "questions": questions(customer, person),
        "panels": panels(customer, person),
        "may_edit": person.may(Permission.EDIT_CUSTOMERS),
        "may_erase": person.may(Permission.ERASE_RESPONSES),
        "may_reveal": bool(customer.key_encrypted) and revealable.exists(),
    }
    return render(request, "customers/single.html", context)
