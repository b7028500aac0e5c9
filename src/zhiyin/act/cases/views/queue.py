"""The queue of cases and its file."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.accounts.services import WantedExport, open_export
from zhiyin.act.cases.queries.filters import chips, menus, read_wanted
from zhiyin.act.cases.queries.queue import case_page
from zhiyin.act.cases.queries.rows import (
    MOST_EXPORTED,
    cases_as_csv,
    cases_as_xlsx,
    exported_cases,
    queue_rows,
)
from zhiyin.act.cases.views.doors import may_see
from zhiyin.common.spreadsheets import CSV, file_answer

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@may_see
def queue(request: HttpRequest) -> HttpResponse:
    """Show the cases by time left."""
    person = person_of(request)
    wanted = read_wanted(person, request.GET)
    found = case_page(person, wanted)
    context = {
        "wanted": wanted,
        "page": {"rows": queue_rows(found.rows, person), "next_key": found.next_key},
        "chips": chips(person, wanted, request.GET, request.path),
        "menus": menus(person, wanted, request.GET, request.path),
        "is_filtered": wanted.is_narrowed,
        "may_export": person.may(Permission.EXPORT_DATA),
        "may_work": person.may(Permission.WORK_CASES),
        "may_lead": person.may(Permission.LEAD_CASES),
    }
    return render(request, "cases/queue.html", context)


@may_see
def export(request: HttpRequest, ending: str) -> HttpResponseBase:
    """Download what the filters show, masked; every export is recorded."""
    person = person_of(request)
    if not person.may(Permission.EXPORT_DATA):
        raise PermissionDenied(_("Your role does not include this page."))
    wanted = read_wanted(person, request.GET)
    is_csv = ending == "csv"
    make = cases_as_csv if is_csv else cases_as_xlsx
    rows = exported_cases(person, wanted)
    known = rows.exclude(customer=None).order_by("customer_id")
    made = open_export(
        request,
        WantedExport(
            kind="case.listed",
            rows=min(rows.count(), MOST_EXPORTED),
            customers=known.values_list("customer_id", flat=True).distinct(),
            detail={"ending": ending},
        ),
    )
    name = made.file_name("cases", ending)
    return file_answer(make(rows, made), name, CSV if is_csv else XLSX)
