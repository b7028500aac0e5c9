"""The wall of praise."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Department, Permission, Person
from zhiyin.accounts.queries.requests import person_of
from zhiyin.act.recovery.models import Praise
from zhiyin.act.recovery.services import name_employee
from zhiyin.common.access import permission_required

PER_PAGE = 30


@permission_required(Permission.SEE_CASES)
def praise(request: HttpRequest) -> HttpResponse:
    """Show what customers praised, the newest first."""
    person = person_of(request)
    rows = Praise.objects.visible_to(person).select_related(
        "response", "department", "person"
    )
    departments = Department.objects.visible_to(person).active()
    chosen = departments.filter(path=request.GET.get("department", "")).first()
    if chosen is not None:
        rows = rows.filter(department__path__startswith=chosen.path)
    if request.GET.get("mine"):
        rows = rows.filter(person=person)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "departments": departments,
        "department": chosen,
        "mine": bool(request.GET.get("mine")),
        "may_name": person.may(Permission.LEAD_CASES),
    }
    return render(request, "recovery/praise.html", context)


@permission_required(Permission.LEAD_CASES)
def praise_name(request: HttpRequest, pk: int) -> HttpResponse:
    """Say who is meant by the number of an employee."""
    person = person_of(request)
    found = get_object_or_404(
        Praise.objects.visible_to(person).exclude(employee=""), pk=pk
    )
    people = Person.objects.visible_to(person).filter(is_active=True)
    if request.method == "POST":
        chosen = get_object_or_404(people, pk=_number(request.POST.get("person")))
        name_employee(praise=found, person=chosen)
        messages.success(
            request,
            _("%(employee)s is %(name)s from now on.")
            % {"employee": found.employee, "name": chosen},
        )
        return redirect("praise")
    return render(
        request, "recovery/praise_name.html", {"praise": found, "people": people}
    )


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0
