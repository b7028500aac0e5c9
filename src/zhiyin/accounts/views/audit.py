"""The audit log: the page and its file."""

from __future__ import annotations

import json

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_POST

from zhiyin.accounts.forms import AuditFilterForm
from zhiyin.accounts.models import AuditEntry, Permission, StaffRequest
from zhiyin.accounts.queries import audit_entries, object_label
from zhiyin.accounts.services import action_label, export_audit
from zhiyin.common.access import permission_required
from zhiyin.common.spreadsheets import file_answer

ENTRIES_PER_PAGE = 100


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
    context = {
        "form": form,
        "page": page,
        "rows": [_row(entry) for entry in page],
        "may_export": request.user.may(Permission.EXPORT_AUDIT),
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
