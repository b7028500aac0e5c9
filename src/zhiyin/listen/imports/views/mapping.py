"""From the upload to the button: preview, columns, what will be imported."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from zhiyin.accounts.models import StaffRequest
from zhiyin.listen.imports import services
from zhiyin.listen.imports.forms import ReadingForm, WholeFileForm, read_mapping
from zhiyin.listen.imports.models import (
    Import,
    ImportKind,
    ImportMapping,
    ImportStatus,
    MappingProfile,
)
from zhiyin.listen.imports.queries import (
    earlier_import,
    known_names,
    profiles_that_fit,
)
from zhiyin.listen.imports.services import ImportRefusedError, say_file_fault
from zhiyin.listen.imports.views.access import import_of, imports_responses, tell
from zhiyin.listen.imports.views.shown import (
    column_rows,
    detected,
    mapping_choices,
    sample_rows,
    trial_counts,
)
from zhiyin.listen.imports.views.tables import table_mapping

_LOOKING = (ImportStatus.UPLOADED, ImportStatus.PROFILING)


@imports_responses
def preview(request: StaffRequest, pk: int) -> HttpResponse:
    batch = import_of(request, pk)
    if batch.status != ImportStatus.MAPPING:
        return redirect("import_detail", pk=pk)
    files = list(batch.files.all())
    bound = request.POST.get("file") if request.method == "POST" else None
    shown = []
    for file in files:
        details = file.found.get("details", {})
        form = ReadingForm(
            request.POST if bound == str(file.pk) else None,
            initial=file.reading,
            sheets=details.get("sheets", ()),
            auto_id=f"id_{file.pk}_%s",
        )
        if form.is_bound and form.is_valid():
            services.read_differently(file=file, reading=form.reading())
            batch.refresh_from_db()
            services.look_now_or_later(batch=batch)
            return redirect("import_preview", pk=pk)
        shown.append({"file": file, "form": form, "found": detected(file)})
    context = {
        "batch": batch,
        "files": shown,
        "fault": batch.fault and say_file_fault(**_named(batch.fault)),
        "earlier": earlier_import(batch),
    }
    return render(request, "imports/preview.html", context)


def _named(fault: dict[str, Any]) -> dict[str, Any]:
    return {"code": fault["code"], "facts": fault["facts"]}


@imports_responses
def mapping(request: StaffRequest, pk: int) -> HttpResponse:
    batch = import_of(request, pk)
    if batch.status != ImportStatus.MAPPING or batch.fault:
        return redirect("import_detail", pk=pk)
    if batch.kind != ImportKind.RESPONSES:
        return table_mapping(request, batch)
    names = known_names(request.user)
    points = [(point.code, point.name) for point in names.touchpoints]
    given = _given(request, batch)
    form = WholeFileForm(
        request.POST if request.method == "POST" else None,
        initial=vars(given),
        touchpoints=points,
    )
    if form.is_bound:
        is_valid = form.is_valid()
        columns = services.columns_by_name(batch).values()
        # What is wrong with the file's settings must not lose the columns' ones.
        given = read_mapping(request.POST, columns, form.cleaned_data)
        if (
            is_valid
            and "update" not in request.POST
            and _accepted(request, batch, given)
        ):
            return redirect("import_review", pk=pk)
    context = {
        "batch": batch,
        "form": form,
        "names": names,
        "columns": column_rows(batch, given),
        "choices": mapping_choices(),
        "profiles": MappingProfile.objects.visible_to(request.user),
        "fitting": [] if batch.mapping else profiles_that_fit(batch),
    }
    return render(request, "imports/mapping.html", context)


def _given(request: StaffRequest, batch: Import) -> ImportMapping:
    """Return the mapping to begin with: a profile's, the saved one, or a guess."""
    chosen = request.GET.get("profile", "")
    if chosen.isdecimal():
        profiles = MappingProfile.objects.visible_to(request.user)
        profile = get_object_or_404(profiles, pk=chosen)
        applied, missing = services.apply_profile(batch, profile)
        services.save_mapping(batch=batch, mapping=applied, profile=profile)
        if missing:
            listed = ", ".join(rule.name for rule in missing)
            text = _("The profile also knows these columns, which the file lacks: %s")
            messages.warning(request, text % listed)
        return applied
    if batch.mapping:
        return batch.read_mapping()
    return services.guess_mapping(batch)


def _accepted(request: StaffRequest, batch: Import, given: ImportMapping) -> bool:
    """Keep the mapping; say what stands in the way, if anything does."""
    services.save_mapping(batch=batch, mapping=given)
    problems = services.problems_of(batch, given)
    for problem in problems:
        tell(request, problem)
    return not problems


@imports_responses
def review(request: StaffRequest, pk: int) -> HttpResponse:
    """Show what will be imported; the button starts it."""
    batch = import_of(request, pk)
    if batch.status != ImportStatus.MAPPING or not batch.mapping:
        return redirect("import_detail", pk=pk)
    given = batch.read_mapping()
    try:
        if request.method == "POST":
            _save_profile(request, batch, given)
            services.start_import(batch=batch, by=request.user)
            return redirect("import_detail", pk=pk)
        trial = services.try_import(batch=batch, mapping=given)
    except ImportRefusedError as refusal:
        tell(request, refusal)
        return redirect("import_mapping", pk=pk)
    context = {
        "batch": batch,
        "mapping": given,
        "trial": trial,
        "counts": trial_counts(trial),
        "sample": sample_rows(trial, given),
        "earlier": earlier_import(batch),
    }
    return render(request, "imports/review.html", context)


def _save_profile(request: StaffRequest, batch: Import, given: ImportMapping) -> None:
    name = request.POST.get("profile_name", "").strip()[:120]
    if not name:
        return
    profile = services.save_profile(
        organisation=batch.organisation,
        name=name,
        mapping=given,
        by=request.user,
    )
    services.save_mapping(batch=batch, mapping=given, profile=profile)
