"""A started import: its progress, its result, and the way back."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhiyin.accounts.models import Content, StaffRequest
from zhiyin.accounts.services import WantedExport, open_export
from zhiyin.common.spreadsheets import file_answer
from zhiyin.listen.imports import services
from zhiyin.listen.imports.models import Import, ImportKind, ImportStatus
from zhiyin.listen.imports.services import ImportRefusedError, say_row_fault
from zhiyin.listen.imports.views.access import import_of, imports_responses, tell
from zhiyin.listen.imports.views.shown import (
    progress_shown,
    result_shown,
    withheld_shown,
)


@imports_responses
@require_GET
def detail(request: StaffRequest, pk: int) -> HttpResponse:
    batch = import_of(request, pk)
    if batch.status == ImportStatus.MAPPING:
        return redirect("import_preview", pk=pk)
    context = {"batch": batch, **progress_shown(batch), **result_shown(batch)}
    context["withheld"] = withheld_shown(batch)
    return render(request, "imports/detail.html", context)


@imports_responses
@require_GET
def status(request: StaffRequest, pk: int) -> HttpResponse:
    """Answer the page's question how far it is; reload the page when it is over."""
    batch = import_of(request, pk)
    if not batch.is_active:
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    return render(request, "imports/_progress.html", progress_shown(batch))


def _after(request: StaffRequest, pk: int, change: Callable[[Import], object]) -> None:
    """Do something with an import; a refusal is shown on the next page."""
    try:
        change(import_of(request, pk))
    except ImportRefusedError as refusal:
        tell(request, refusal)


@imports_responses
@require_POST
def cancel(request: StaffRequest, pk: int) -> HttpResponse:
    _after(
        request, pk, lambda each: services.cancel_import(batch=each, by=request.user)
    )
    return redirect("import_detail", pk=pk)


@imports_responses
@require_POST
def retry(request: StaffRequest, pk: int) -> HttpResponse:
    _after(
        request,
        pk,
        lambda each: services.go_on_with_import(batch=each, by=request.user),
    )
    return redirect("import_detail", pk=pk)


@imports_responses
@require_POST
def again(request: StaffRequest, pk: int) -> HttpResponse:
    try:
        copy = services.import_again(batch=import_of(request, pk), by=request.user)
    except ImportRefusedError as refusal:
        tell(request, refusal)
        return redirect("import_detail", pk=pk)
    return redirect("import_preview", pk=copy.pk)


@imports_responses
def undo(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask first; small imports are taken back at once, large ones by the worker."""
    batch = import_of(request, pk)
    if request.method != "POST":
        return render(request, "imports/undo.html", {"batch": batch})
    try:
        batch = services.undo_import(batch=batch, by=request.user)
    except ImportRefusedError as refusal:
        tell(request, refusal)
        return redirect("import_detail", pk=pk)
    stored = batch.rows_accepted + batch.rows_kept
    if batch.kind == ImportKind.CUSTOMERS:
        stored += batch.rows_duplicate
    if stored <= services.AT_ONCE_ROWS:
        while services.undo_some(batch=batch):
            pass
        if batch.kind == ImportKind.RESPONSES:
            messages.success(request, _("The import was undone; its answers are gone."))
        else:
            messages.success(request, _("The import was undone."))
    return redirect("import_detail", pk=pk)


@imports_responses
@require_POST
def discard(request: StaffRequest, pk: int) -> HttpResponse:
    try:
        services.discard_import(batch=import_of(request, pk))
    except ImportRefusedError as refusal:
        tell(request, refusal)
        return redirect("import_detail", pk=pk)
    messages.success(request, _("The upload was discarded."))
    return redirect("imports")


@imports_responses
@require_GET
def rejected(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Download the rejected rows; they are customers' data, so it is recorded."""
    batch = import_of(request, pk)
    made = open_export(
        request,
        WantedExport(
            kind="import.rejects_downloaded",
            rows=batch.rows_rejected,
            content=Content.CLEAR,
            target=batch,
            # Nothing new to whoever brought the file.
            is_own=batch.person_id == request.user.pk,
        ),
    )
    lines = services.rejects_as_csv(
        batch,
        header=(_("file"), _("row"), _("column"), _("value"), _("reason")),
        say=say_row_fault,
    )
    return file_answer(lines, made.file_name(f"rejected-{batch.pk}", "csv"))
