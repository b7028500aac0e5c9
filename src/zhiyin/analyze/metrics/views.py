from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.analyze.metrics import services
from zhiyin.analyze.metrics.forms import ChangeMarkerForm, MetricNoteForm
from zhiyin.analyze.metrics.models import ChangeMarker, MetricNote
from zhiyin.analyze.metrics.queries.definitions import DEFINITIONS
from zhiyin.common.access import permission_required


@permission_required(Permission.SEE_SCORES)
def metrics(request: HttpRequest) -> HttpResponse:
    """Show the dictionary."""
    notes = MetricNote.objects.visible_to(person_of(request)).select_related("owner")
    by_metric = {note.metric: note for note in notes}
    entries = [(entry, by_metric.get(code)) for code, entry in DEFINITIONS.items()]
    return render(request, "metrics/metrics.html", {"entries": entries})


@permission_required(Permission.SEE_SCORES)
def metric(request: HttpRequest, code: str) -> HttpResponse:
    """Show one entry; those who may add owner, target and note."""
    entry = DEFINITIONS.get(code)
    if entry is None:
        raise Http404
    person = person_of(request)
    note = MetricNote.objects.visible_to(person).filter(metric=code).first()
    may_edit = person.may(Permission.EDIT_METRICS)
    form = MetricNoteForm(request.POST or None, instance=note, person=person)
    if request.method == "POST":
        if not may_edit:
            return redirect("metric", code)
        if form.is_valid():
            services.note_metric(person=person, metric=code, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("metric", code)
    context = {"entry": entry, "note": note, "form": form, "may_edit": may_edit}
    return render(request, "metrics/metric.html", context)


@permission_required(Permission.EDIT_MARKERS)
def markers(request: HttpRequest) -> HttpResponse:
    """List the marks on the trends, and make a new one."""
    person = person_of(request)
    form = ChangeMarkerForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        services.mark_change(person=person, **form.cleaned_data)
        messages.success(request, _("The change is marked on the trends."))
        return redirect("markers")
    rows = ChangeMarker.objects.visible_to(person).order_by("-on")
    return render(request, "metrics/markers.html", {"form": form, "rows": rows})


@require_POST
@permission_required(Permission.EDIT_MARKERS)
def remove_marker(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a mark off the trends."""
    person = person_of(request)
    marker = get_object_or_404(ChangeMarker.objects.visible_to(person), pk=pk)
    services.remove_marker(person=person, marker=marker)
    messages.success(request, _("The mark was removed."))
    return redirect("markers")
