"""The audit log: the page and its file."""

from __future__ import annotations

import json

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhiyin.accounts.forms import AuditFilterForm
from zhiyin.accounts.models import (
    AuditCheck,
    AuditEntry,
    AuditSeal,
    Content,
    Permission,
    StaffRequest,
)
from zhiyin.accounts.queries import audit_entries, object_label
from zhiyin.accounts.services import (
    WantedExport,
    action_label,
    ask_for_check,
    export_audit,
    open_export,
    proof_rows,
)
from zhiyin.common.access import permission_required
from zhiyin.common.spreadsheets import csv_pieces, file_answer

ENTRIES_PER_PAGE = 100
CHECKS_SHOWN = 20
PROOF_HEADER = ("seal", "first_entry", "last_entry", "entries", "hash", "sealed_at")


def _row(entry: AuditEntry) -> dict[str, object]:
    return {
        "entry": entry,
        "action": action_label(entry.action),
        "kind": object_label(entry.object_type) if entry.object_type else "",
        "detail": json.dumps(entry.detail, ensure_ascii=False, indent=1),
    }


@permission_required(Permission.SEE_AUDIT)
def audit(request: StaffRequest) -> HttpResponse:
    form = AuditFilterForm(request.GET, person=request.user)
    found = Paginator(audit_entries(request.user, form.filter()), ENTRIES_PER_PAGE)
    page = found.get_page(request.GET.get("page"))
    checked = AuditCheck.objects.visible_to(request.user)
    context = {
        "form": form,
        "page": page,
        "rows": [_row(entry) for entry in page],
        "may_export": request.user.may(Permission.EXPORT_AUDIT),
        "last": checked.exclude(finished_at=None).first(),
    }
    return render(request, "accounts/audit.html", context)


@permission_required(Permission.EXPORT_AUDIT)
@require_POST
def export(request: StaffRequest) -> HttpResponseBase:
    form = AuditFilterForm(request.GET, person=request.user)
    made, pieces = export_audit(
        request=request,
        entries=audit_entries(request.user, form.filter()),
        narrowed=request.GET.dict(),
    )
    return file_answer(pieces, made.file_name("audit", "csv"))


@permission_required(Permission.SEE_AUDIT)
def chain(request: StaffRequest) -> HttpResponse:
    """Say how far the chain holds; look along it again."""
    if request.method == "POST":
        ask_for_check(by=request.user)
        messages.success(request, _("The check has begun; its result appears here."))
        return redirect("audit_chain")
    checks = AuditCheck.objects.visible_to(request.user).select_related("asked_by")
    seals = AuditSeal.objects.visible_to(request.user).defer("marks")
    context = {
        "checks": checks[:CHECKS_SHOWN],
        "last": checks.exclude(finished_at=None).first(),
        "seals": seals.count(),
        "seal": seals.last(),
        "may_export": request.user.may(Permission.EXPORT_AUDIT),
    }
    return render(request, "accounts/audit_chain.html", context)


@permission_required(Permission.EXPORT_AUDIT)
@require_POST
def proof(request: StaffRequest) -> HttpResponseBase:
    """Hand out the seals: kept elsewhere, they prove what the log said today."""
    home = request.user.organisation_id
    rows = AuditSeal.objects.visible_to(request.user).count()
    wanted = WantedExport(kind="audit.proof_exported", rows=rows, content=Content.NONE)
    made = open_export(request, wanted)
    pieces = csv_pieces(PROOF_HEADER, proof_rows(home))
    return file_answer(pieces, made.file_name("audit-proof", "csv"))
