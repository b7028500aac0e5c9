"""The queue of cases and its file."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.accounts.services import record
from zhiyin.act.cases.queries.filters import chips, menus, read_wanted
from zhiyin.act.cases.queries.queue import case_page
from zhiyin.act.cases.queries.rows import cases_as_csv, cases_as_xlsx, queue_rows
from zhiyin.act.cases.views.doors import may_see
from zhiyin.common import clock

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
def export(request: HttpRequest, ending: str) -> HttpResponse:
    """Download what the filters show, masked; that it was downloaded is recorded."""
    person = person_of(request)
    if not person.may(Permission.EXPORT_DATA):
        raise PermissionDenied(_("Your role does not include this page."))
    wanted = read_wanted(person, request.GET)
    is_csv = ending == "csv"
    make = cases_as_csv if is_csv else cases_as_xlsx
    record(action="case.listed", actor=person, selection=request.GET.urlencode())
    response = HttpResponse(
        make(person, wanted),
        content_type="text/csv; charset=utf-8" if is_csv else XLSX,
    )
    name = f"cases-{clock.now():%Y%m%d}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
