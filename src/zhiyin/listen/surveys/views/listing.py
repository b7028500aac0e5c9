"""The list of questionnaires, a new one from a template, and the archive."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhiyin.accounts.queries.requests import person_of
from zhiyin.listen.surveys.forms import NewInstrumentForm
from zhiyin.listen.surveys.queries import (
    instruments_for_list,
    load_standard,
    standard_choices,
)
from zhiyin.listen.surveys.services import (
    CodeTakenError,
    archive_instrument,
    create_standard_instrument,
    start_draft,
)
from zhiyin.listen.surveys.views.access import instrument_of, may_edit

PER_PAGE = 30


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
    language = person_of(request).language
    standards = [
        {
            "code": code,
            "name": name,
            "text": load_standard(code)["items"][0]["texts"][language]["text"],
        }
        for code, name in standard_choices(language)
    ]
    context = {"form": form, "standards": standards}
    return render(request, "surveys/new.html", context)


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
