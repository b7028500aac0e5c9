"""Approvals, asked and decided; and the register of what left the house."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhiyin.accounts.forms import (
    AskForm,
    DecisionForm,
    ExportLimitsForm,
    RegisterFilterForm,
)
from zhiyin.accounts.models import Approval, Content, Permission, StaffRequest
from zhiyin.accounts.queries import (
    approvals_of,
    approvals_waiting_for,
    export_kinds,
    exports_of,
    people_who_approve,
)
from zhiyin.accounts.queries.requests import person_of
from zhiyin.accounts.services import (
    ApprovalNeededError,
    action_label,
    ask_approval,
    can_approve,
    change_export_limits,
    decide_approval,
    may_decide,
)

PER_PAGE = 50
LIMITS = (
    "export_limit_rows",
    "export_window_hours",
    "approval_use_minutes",
    "approval_wait_hours",
)


def _row(approval: Approval) -> dict[str, object]:
    return {"approval": approval, "what": action_label(approval.kind)}


@login_required
def approvals(request: StaffRequest) -> HttpResponse:
    person = request.user
    waiting = [
        each for each in approvals_waiting_for(person) if may_decide(person, each)
    ]
    page = Paginator(approvals_of(person), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "waiting": [_row(each) for each in waiting],
        "page": page,
        "rows": [_row(each) for each in page],
        "organisation": person.organisation,
    }
    return render(request, "accounts/approvals.html", context)


@login_required
def approval(request: StaffRequest, pk: int) -> HttpResponse:
    return _approval_page(request, pk, DecisionForm())


def _approval_page(request: StaffRequest, pk: int, form: DecisionForm) -> HttpResponse:
    found = get_object_or_404(approvals_of(request.user), pk=pk)
    is_mine = found.asked_by_id == request.user.pk
    address = urlsplit(found.address) if is_mine and found.is_usable else None
    context = {
        **_row(found),
        "form": form,
        "is_mine": is_mine,
        "may_decide": found.is_waiting and may_decide(request.user, found),
        "address": address,
        "pairs": parse_qsl(address.query, keep_blank_values=True) if address else [],
        "is_call": address is not None and address.path.startswith("/api/"),
        "exports": found.exports.all(),
    }
    return render(request, "accounts/approval.html", context)


def explain_need(request: HttpRequest, error: ApprovalNeededError) -> HttpResponse:
    """Answer an export that needs a second person with the way to ask for one."""
    person = person_of(request)
    wanted = error.wanted
    context = {
        "form": AskForm(initial={"wish": error.wish}),
        "wanted": wanted,
        "what": action_label(wanted.kind),
        "is_clear": wanted.content == Content.CLEAR,
        "problem": error.problem,
        "before": error.before,
        "hours": person.organisation.export_window_hours,
        "who": [one for one in people_who_approve(person) if can_approve(one, person)],
        "limit": person.organisation.export_limit_rows,
    }
    return render(request, "accounts/approval_needed.html", context, status=403)


@login_required
@require_POST
def ask(request: StaffRequest) -> HttpResponse:
    form = AskForm(request.POST)
    if form.is_valid():
        try:
            asked = ask_approval(by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Asked. Another person decides."))
            return redirect("approval", asked.pk)
    return render(request, "accounts/approval_needed.html", {"form": form}, status=422)


@login_required
@require_POST
def decide(request: StaffRequest, pk: int) -> HttpResponse:
    if not request.user.may(Permission.APPROVE_REQUESTS):
        raise PermissionDenied(_("Your role does not include this page."))
    found = get_object_or_404(approvals_of(request.user), pk=pk)
    form = DecisionForm(request.POST)
    approves = "approve" in request.POST
    if form.is_valid():
        try:
            decide_approval(
                approval=found,
                by=request.user,
                approves=approves,
                note=form.cleaned_data["note"],
            )
        except ValidationError as refusal:
            form.add_error("note", refusal)
        else:
            text = _("Approved.") if approves else _("Refused.")
            messages.success(request, text)
            return redirect("approvals")
    return _approval_page(request, pk, form)


def _may_read_register(request: StaffRequest) -> None:
    person = request.user
    if not (person.may(Permission.MANAGE_PRIVACY) or person.may(Permission.SEE_AUDIT)):
        raise PermissionDenied(_("Your role does not include this page."))


@login_required
def register(request: StaffRequest) -> HttpResponse:
    _may_read_register(request)
    organisation = request.user.organisation
    now = {name: getattr(organisation, name) for name in LIMITS}
    return _register_page(request, ExportLimitsForm(initial=now))


def _register_page(request: StaffRequest, limits: ExportLimitsForm) -> HttpResponse:
    person = request.user
    kinds = [(code, action_label(code)) for code in export_kinds(person)]
    form = RegisterFilterForm(request.GET, kinds=kinds)
    form.is_valid()
    rows = exports_of(
        person,
        kind=form.cleaned_data.get("kind", ""),
        search=form.cleaned_data.get("q", ""),
    )
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "limits": limits,
        "may_change": person.may(Permission.MANAGE_PRIVACY),
        "page": page,
        "rows": [(each, action_label(each.kind)) for each in page],
    }
    return render(request, "accounts/exports.html", context)


@login_required
@require_POST
def limits(request: StaffRequest) -> HttpResponse:
    if not request.user.may(Permission.MANAGE_PRIVACY):
        raise PermissionDenied(_("Your role does not include this page."))
    form = ExportLimitsForm(request.POST)
    if not form.is_valid():
        return _register_page(request, form)
    given = dict(form.cleaned_data)
    reason = given.pop("reason")
    change_export_limits(organisation=request.user.organisation, reason=reason, **given)
    messages.success(request, _("The limits were saved."))
    return redirect("exports")
