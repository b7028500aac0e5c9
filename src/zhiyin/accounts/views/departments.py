"""The department tree: the page, its changes, its file."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhiyin.accounts.forms import (
    DepartmentFileForm,
    DepartmentForm,
    MoveDepartmentForm,
    NewDepartmentForm,
)
from zhiyin.accounts.models import Content, Department, Permission, StaffRequest
from zhiyin.accounts.queries import department_tree
from zhiyin.accounts.services import (
    WantedExport,
    add_department,
    change_department,
    deactivate_department,
    departments_as_csv,
    import_departments,
    move_department,
    open_export,
    reactivate_department,
    read_departments,
)
from zhiyin.common.access import permission_required
from zhiyin.common.spreadsheets import file_answer

manages_departments = permission_required(Permission.MANAGE_DEPARTMENTS)


def _department(request: StaffRequest, pk: int) -> Department:
    return get_object_or_404(Department.objects.visible_to(request.user), pk=pk)


def _has_done(form: forms.Form, change: Callable[[], object]) -> bool:
    """Do it; a refusal is shown on the form with what was typed."""
    if not form.is_valid():
        return False
    try:
        change()
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return False
    return True


@manages_departments
def departments(request: StaffRequest) -> HttpResponse:
    search = request.GET.get("q", "").strip()
    rows = department_tree(request.user, search)
    return render(
        request, "accounts/departments.html", {"rows": rows, "search": search}
    )


@manages_departments
def add(request: StaffRequest) -> HttpResponse:
    initial = {"parent": request.GET.get("parent")}
    form = NewDepartmentForm(request.POST or None, person=request.user, initial=initial)

    def change() -> None:
        add_department(organisation=request.user.organisation, **form.cleaned_data)

    if request.method == "POST" and _has_done(form, change):
        messages.success(request, _("The department was added."))
        return redirect("departments")
    return render(request, "accounts/department_add.html", {"form": form})


@manages_departments
def department(request: StaffRequest, pk: int) -> HttpResponse:
    found = _department(request, pk)
    initial = {"name": found.name, "code": found.code}
    form = DepartmentForm(request.POST or None, initial=initial)

    def change() -> None:
        change_department(department=_department(request, pk), **form.cleaned_data)

    if request.method == "POST" and _has_done(form, change):
        messages.success(request, _("The department was changed."))
        return redirect("departments")
    return render(
        request, "accounts/department.html", {"department": found, "form": form}
    )


@manages_departments
def move(request: StaffRequest, pk: int) -> HttpResponse:
    found = _department(request, pk)
    form = MoveDepartmentForm(
        request.POST or None,
        person=request.user,
        department=found,
        initial={"parent": found.parent_id},
    )

    def change() -> None:
        move_department(department=found, parent=form.cleaned_data["parent"])

    if request.method == "POST" and _has_done(form, change):
        messages.success(request, _("The department was moved."))
        return redirect("departments")
    context = {
        "department": found,
        "form": form,
        "below": Department.objects.within(found).count() - 1,
    }
    return render(request, "accounts/department_move.html", context)


@manages_departments
@require_POST
def deactivate(request: StaffRequest, pk: int) -> HttpResponse:
    try:
        deactivate_department(department=_department(request, pk))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("The department was deactivated."))
    return redirect("department", pk=pk)


@manages_departments
@require_POST
def reactivate(request: StaffRequest, pk: int) -> HttpResponse:
    try:
        reactivate_department(department=_department(request, pk))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("The department was reactivated."))
    return redirect("department", pk=pk)


@manages_departments
def import_file(request: StaffRequest) -> HttpResponse:
    form = DepartmentFileForm(request.POST or None, request.FILES or None)

    def change() -> None:
        done = import_departments(
            organisation=request.user.organisation,
            rows=read_departments(form.cleaned_data["file"].read()),
        )
        messages.success(
            request,
            _("%(added)s added, %(changed)s changed, %(unchanged)s as they were.")
            % vars(done),
        )

    if request.method == "POST" and _has_done(form, change):
        return redirect("departments")
    return render(request, "accounts/departments_import.html", {"form": form})


@manages_departments
@require_POST
def export_file(request: StaffRequest) -> HttpResponseBase:
    text = departments_as_csv(organisation=request.user.organisation)
    wanted = WantedExport(
        kind="departments.exported",
        rows=text.count("\n") - 1,
        content=Content.NONE,
    )
    made = open_export(request, wanted)
    content = text.encode("utf-8-sig")
    return file_answer(content, made.file_name("departments", "csv"))
