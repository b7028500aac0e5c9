from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.common.access import permission_required
from zhiyin.listen.surveys.forms import DraftForm, NewInstrumentForm
from zhiyin.listen.surveys.models import Instrument, InstrumentVersion
from zhiyin.listen.surveys.queries import (
    completeness,
    instruments_for_list,
    load_standard,
    side_by_side,
    standard_choices,
)
from zhiyin.listen.surveys.services import (
    CodeTakenError,
    archive_instrument,
    create_standard_instrument,
    discard_draft,
    publish_version,
    save_draft,
    start_draft,
)

PER_PAGE = 30
may_edit = permission_required(Permission.EDIT_SURVEYS)


def _instrument(request: HttpRequest, pk: int) -> Instrument:
    return get_object_or_404(Instrument.objects.visible_to(person_of(request)), pk=pk)


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
                **form.cleaned_data,
            )
        except CodeTakenError as error:
            form.add_error("code", str(error))
        else:
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
def survey(request: HttpRequest, pk: int) -> HttpResponse:
    instrument = _instrument(request, pk)
    versions = list(instrument.versions.order_by("-number"))
    wanted = request.GET.get("version", "")
    shown = next((v for v in versions if str(v.number) == wanted), versions[0])
    context = {
        "instrument": instrument,
        "versions": versions,
        "version": shown,
        "rows": side_by_side(shown),
        "completeness": completeness(shown),
        "page_texts": shown.texts,
        "links": instrument.links.order_by("-is_open", "-created_at")[:8],
    }
    return render(request, "surveys/survey.html", context)


def _draft(request: HttpRequest, pk: int) -> InstrumentVersion:
    return get_object_or_404(
        InstrumentVersion.objects.select_related("instrument"),
        instrument=_instrument(request, pk),
        published_at__isnull=True,
    )


@may_edit
@require_POST
def draft_start(request: HttpRequest, pk: int) -> HttpResponse:
    start_draft(instrument=_instrument(request, pk))
    return redirect("survey-edit", pk)


@may_edit
def draft_edit(request: HttpRequest, pk: int) -> HttpResponse:
    draft = _draft(request, pk)
    form = DraftForm(request.POST or None, version=draft)
    if request.method == "POST" and form.is_valid():
        try:
            save_draft(version=draft, texts=form.draft_texts())
            if "publish" in request.POST:
                publish_version(version=draft)
        except ValueError as error:
            form.add_error(None, str(error))
        else:
            return _saved(request, draft)
    context = {
        "instrument": draft.instrument,
        "version": draft,
        "form": form,
        "groups": form.groups(),
        "completeness": completeness(draft),
    }
    return render(request, "surveys/edit.html", context)


def _saved(request: HttpRequest, draft: InstrumentVersion) -> HttpResponse:
    if "publish" in request.POST:
        messages.success(
            request,
            _("Version %(number)s is published; new answers are given to it.")
            % {"number": draft.number},
        )
        return redirect("survey", draft.instrument_id)
    messages.success(request, _("The draft is saved."))
    return redirect("survey-edit", draft.instrument_id)


@may_edit
def draft_discard(request: HttpRequest, pk: int) -> HttpResponse:
    draft = _draft(request, pk)
    if request.method == "POST":
        discard_draft(version=draft)
        messages.success(request, _("The draft is gone; published versions stay."))
        has_versions = draft.instrument.versions.exists()
        return redirect("survey", pk) if has_versions else redirect("surveys")
    return render(request, "surveys/discard.html", {"version": draft})


@may_edit
@require_POST
def survey_archive(request: HttpRequest, pk: int) -> HttpResponse:
    instrument = _instrument(request, pk)
    archived = request.POST.get("archived") == "1"
    archive_instrument(instrument=instrument, archived=archived)
    text = (
        _("Archived; its links take no more answers.") if archived else _("Restored.")
    )
    messages.success(request, text)
    return redirect("survey", pk)
