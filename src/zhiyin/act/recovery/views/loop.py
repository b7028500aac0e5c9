"""The report of the loop, as a page and as files."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from zhiyin.accounts.models import Content, Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.accounts.services import WantedExport, open_export
from zhiyin.act.recovery.queries.loop.page import page_of
from zhiyin.act.recovery.queries.loop.report import (
    LoopReport,
    loop_report,
    read_wanted,
)
from zhiyin.act.recovery.queries.loop.sheet import report_sheet
from zhiyin.analyze.dashboards.queries import tables
from zhiyin.common.access import permission_required
from zhiyin.common.spreadsheets import file_answer

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _report(request: HttpRequest) -> LoopReport:
    person = person_of(request)
    return loop_report(person, read_wanted(request.GET.dict(), person.time_zone))


@permission_required(Permission.SEE_SCORES)
def loop(request: HttpRequest) -> HttpResponse:
    """Show what the loop achieves, each number with its n and interval."""
    person = person_of(request)
    query = request.GET.urlencode()
    context = {
        **page_of(_report(request), person),
        "can_export": person.may(Permission.EXPORT_DATA),
        "exports": [
            (ending.upper(), f"{reverse('loop-export', args=[ending])}?{query}")
            for ending in ("csv", "xlsx")
        ],
        "may_set": person.may(Permission.EDIT_CASE_RULES),
    }
    return render(request, "recovery/loop.html", context)


@permission_required(Permission.EXPORT_DATA)
def loop_export(request: HttpRequest, ending: str) -> HttpResponseBase:
    """Hand out the report as shown; every export is recorded."""
    person = person_of(request)
    sheet = report_sheet(_report(request), person)
    made = open_export(
        request,
        WantedExport(
            kind="loop.exported",
            rows=len(sheet.rows),
            content=Content.NONE,
            target=person.organisation,
            detail={"ending": ending},
        ),
    )
    stamped, name = tables.stamped(sheet, made), made.file_name("zhiyin-loop", ending)
    if ending == "csv":
        return file_answer(tables.as_csv(stamped), name)
    return file_answer(tables.as_xlsx(stamped), name, XLSX)
