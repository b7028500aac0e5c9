"""The list of questionnaires, a new one from a template, and the archive."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from zhiyin.accounts.queries.requests import person_of
from zhiyin.listen.surveys.forms import NewInstrumentForm, UploadForm
from zhiyin.listen.surveys.queries import (
    instruments_for_list,
)
from zhiyin.listen.surveys.queries.standard import Template, templates
from zhiyin.listen.surveys.services import (
    CodeTakenError,
    archive_instrument,
    create_standard_instrument,
    start_draft,
)
from zhiyin.listen.surveys.services.exchange import import_questionnaire
from zhiyin.listen.surveys.views.access import instrument_of, may_edit

PER_PAGE = 30
GROUPS = {
    "relationship": gettext_lazy("Relationship surveys"),
    "transactional": gettext_lazy("After any contact"),
    "touchpoint": gettext_lazy("At a touchpoint"),
    "network": gettext_lazy("Network"),
    "people": gettext_lazy("Dealers, residents and employees"),
}


@may_edit
def survey_list(request: HttpRequest) -> HttpResponse:
    search = request.GET.get("q", "").strip()
    archived = request.GET.get("archived") == "1"
    rows = instruments_for_list(person_of(request), search=search, archived=archived)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "search": search, "archived": archived}
    return render(request, "surveys/list.html", context)


@may_edit
def survey_new(request: HttpRequest) -> HttpResponse:
    form = NewInstrumentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = create_standard_instrument(
                organisation=person_of(request).organisation,
                publish="draft" not in request.POST,
                **form.cleaned_data,
            )
        except CodeTakenError as error:
            form.add_error("code", str(error))
        else:
            if "draft" in request.POST:
                return redirect("survey-edit", made.pk)
            messages.success(request, _("The questionnaire is ready for a link."))
            return redirect("survey", made.pk)
    search = request.GET.get("q", "").strip()
    chosen = request.POST.get("standard", "")
    context = {
        "form": form,
        "groups": _groups(person_of(request).language, search, chosen),
        "search": search,
    }
    return render(request, "surveys/new.html", context)


def _groups(
    language: str,
    search: str,
    chosen: str,
) -> list[tuple[str, list[Template]]]:
    """Return the templates a search finds, by group; the one chosen stays."""
    found = [
        each
        for each in templates(language)
        if each.code == chosen
        or search.lower() in f"{each.code} {each.name} {each.about}".lower()
    ]
    return [
        (str(label), [each for each in found if each.group == group])
        for group, label in GROUPS.items()
        if any(each.group == group for each in found)
    ]


@may_edit
def survey_import(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            imported = import_questionnaire(
                organisation=person_of(request).organisation,
                content=form.cleaned_data["file"].read(),
                code=form.cleaned_data["code"],
            )
        except ValueError as error:
            form.add_error("file", str(error))
        else:
            return render(request, "surveys/imported.html", {"imported": imported})
    status = 400 if form.errors else 200
    return render(request, "surveys/import.html", {"form": form}, status=status)


@may_edit
@require_POST
def draft_start(request: HttpRequest, pk: int) -> HttpResponse:
    start_draft(instrument=instrument_of(request, pk))
    return redirect("survey-edit", pk)


@may_edit
@require_POST
def survey_archive(request: HttpRequest, pk: int) -> HttpResponse:
    instrument = instrument_of(request, pk)
    archived = request.POST.get("archived") == "1"
    archive_instrument(instrument=instrument, archived=archived)
    text = (
        _("Archived; its links take no more answers.") if archived else _("Restored.")
    )
    messages.success(request, text)
    return redirect("survey", pk)
