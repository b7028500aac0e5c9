"""Pages about a whole draft: settings, quotas, and all texts of a language."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiyin.listen.surveys.forms import QuotasForm, SettingsForm, TextsForm
from zhiyin.listen.surveys.models import InstrumentVersion
from zhiyin.listen.surveys.queries import (
    LANGUAGES,
    completeness,
    quotas_stamp,
    settings_stamp,
    texts_stamp,
)
from zhiyin.listen.surveys.services import (
    DraftChangedError,
    change_quotas,
    change_settings,
    change_texts,
)
from zhiyin.listen.surveys.views.access import (
    draft_of,
    languages_shown,
    may_edit,
    tabs,
)


@may_edit
def draft_settings(request: HttpRequest, pk: int) -> HttpResponse:
    draft = draft_of(request, pk)
    form = SettingsForm(request.POST or None, version=draft)
    stamp, status = settings_stamp(draft), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                change_settings(
                    version=draft,
                    settings=form.settings(),
                    stamp=request.POST.get("stamp", ""),
                )
            except DraftChangedError as error:
                form.add_error(None, str(error))
                status = 409
            else:
                messages.success(request, _("Saved."))
                return redirect("survey-settings", pk)
    context = {**tabs(draft, "settings"), "form": form, "stamp": stamp}
    return render(request, "surveys/settings.html", context, status=status)


@may_edit
def draft_quotas(request: HttpRequest, pk: int) -> HttpResponse:
    draft = draft_of(request, pk)
    form = QuotasForm(request.POST or None, version=draft)
    problem, status = "", 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                change_quotas(
                    version=draft,
                    quotas=form.quotas,
                    stamp=request.POST.get("stamp", ""),
                )
            except DraftChangedError as error:
                problem, status = str(error), 409
            except ValueError as error:
                problem = str(error)
            else:
                messages.success(request, _("Saved."))
                return redirect("survey-quotas", pk)
    context = {
        **tabs(draft, "quotas"),
        "form": form,
        "problem": problem,
        "stamp": quotas_stamp(draft),
    }
    return render(request, "surveys/quotas.html", context, status=status)


@may_edit
def draft_texts(request: HttpRequest, pk: int) -> HttpResponse:
    draft = draft_of(request, pk)
    source, target = _pair(request, draft)
    sent = request.POST if request.method == "POST" else None
    form = TextsForm(sent, version=draft, source=source, target=target)
    problem, status = "", 200
    if request.method == "POST":
        try:
            change_texts(
                version=draft,
                language=target,
                texts=form.texts(copy="copy" in request.POST),
                stamp=request.POST.get("stamp", ""),
            )
        except DraftChangedError as error:
            problem, status = str(error), 409
        except ValueError as error:
            problem, status = str(error), 400
        else:
            messages.success(request, _("Saved."))
            address = reverse("survey-texts", args=[pk])
            return redirect(f"{address}?source={source}&target={target}")
    context = {
        **tabs(draft, "texts"),
        "groups": form.groups(),
        "problem": problem,
        "source": source,
        "target": target,
        "languages_known": LANGUAGES,
        "completeness": completeness(draft),
        "stamp": texts_stamp(draft, target),
    }
    return render(request, "surveys/texts.html", context, status=status)


def _pair(request: HttpRequest, draft: InstrumentVersion) -> tuple[str, str]:
    shown = languages_shown(request, draft)
    if len(shown) > 1:
        return shown[0], shown[1]
    # One language alone is written beside itself: what is kept, what will be.
    return shown[0], shown[0]
