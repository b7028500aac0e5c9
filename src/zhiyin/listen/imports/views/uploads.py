"""The list of imports, and the page that takes files in."""

from __future__ import annotations

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from zhiyin.accounts.models import StaffRequest
from zhiyin.listen.imports import services
from zhiyin.listen.imports.models import ImportKind, ImportStatus
from zhiyin.listen.imports.queries import imports_list
from zhiyin.listen.imports.services import ImportRefusedError
from zhiyin.listen.imports.views.access import imports_responses, tell

_PER_PAGE = 25


@imports_responses
def imports(request: StaffRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()
    chosen = request.GET.get("status", "")
    rows = imports_list(request.user, text=text, status=chosen)
    page = Paginator(rows, _PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "text": text,
        "chosen": chosen,
        "statuses": ImportStatus.choices,
        "is_filtered": bool(text or chosen),
    }
    return render(request, "imports/list.html", context)


@csrf_exempt
@imports_responses
def upload(request: StaffRequest) -> HttpResponse:
    """Set the limits before the first byte is read, which the CSRF check would do."""
    request.upload_handlers = [services.LimitedUploadHandler(request)]
    return _upload(request)


@csrf_protect
def _upload(request: StaffRequest) -> HttpResponse:
    if request.method == "POST":
        try:
            return _take(request)
        except ImportRefusedError as refusal:
            tell(request, refusal)
    chosen = request.POST.get("kind") or request.GET.get("kind", "")
    context = {
        "kinds": ImportKind.choices,
        "kind": chosen if chosen in ImportKind.values else ImportKind.RESPONSES,
        "limit_bytes": settings.UPLOAD_LIMIT_BYTES,
        "limit_mb": settings.UPLOAD_LIMIT_BYTES >> 20,
        "most_files": services.MOST_FILES,
        "kept_days": settings.IMPORT_FILES_KEPT_DAYS,
    }
    return render(request, "imports/upload.html", context)


def _take(request: StaffRequest) -> HttpResponse:
    handler = request.upload_handlers[0]
    uploads = request.FILES.getlist("files")
    refused = getattr(handler, "too_large", [])
    if refused:
        raise services.too_large(refused)
    if len(uploads) > services.MOST_FILES:
        raise ImportRefusedError("too_many_files", limit=services.MOST_FILES)
    kind = request.POST.get("kind", "")
    batch = services.create_import(
        kind=kind if kind in ImportKind.values else ImportKind.RESPONSES,
        organisation=request.user.organisation,
        person=request.user,
        files=[services.store_upload(each) for each in uploads],
    )
    services.look_now_or_later(batch=batch)
    return redirect("import_preview", pk=batch.pk)
