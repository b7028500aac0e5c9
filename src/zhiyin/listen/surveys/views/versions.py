"""One questionnaire with its versions: read, compare, publish, discard."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from zhiyin.listen.surveys.models import Instrument, InstrumentVersion
from zhiyin.listen.surveys.queries import (
    changes_between,
    completeness,
    side_by_side,
)
from zhiyin.listen.surveys.queries.linter import lint_version
from zhiyin.listen.surveys.services import discard_draft, publish_version
from zhiyin.listen.surveys.services.exchange import export_questionnaire
from zhiyin.listen.surveys.views.access import draft_of, instrument_of, may_edit, tabs


def _versions(instrument: Instrument) -> list[InstrumentVersion]:
    return list(
        instrument.versions.order_by("-number").prefetch_related("items"),
    )


def _by_number(
    versions: list[InstrumentVersion],
    number: str | None,
    otherwise: InstrumentVersion | None,
) -> InstrumentVersion | None:
    return next((v for v in versions if str(v.number) == number), otherwise)


@may_edit
def survey(request: HttpRequest, pk: int) -> HttpResponse:
    instrument = instrument_of(request, pk)
    versions = _versions(instrument)
    shown = _by_number(versions, request.GET.get("version"), versions[0]) or versions[0]
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


@may_edit
def survey_compare(request: HttpRequest, pk: int) -> HttpResponse:
    instrument = instrument_of(request, pk)
    versions = _versions(instrument)
    after = _by_number(versions, request.GET.get("to"), versions[0]) or versions[0]
    earlier = [each for each in versions if each.number < after.number]
    before = _by_number(
        versions,
        request.GET.get("from"),
        earlier[0] if earlier else None,
    )
    context = {
        "instrument": instrument,
        "versions": versions,
        "before": before,
        "after": after,
        "changes": changes_between(before, after) if before else None,
    }
    return render(request, "surveys/compare.html", context)


@may_edit
def survey_export(request: HttpRequest, pk: int) -> HttpResponse:
    instrument = instrument_of(request, pk)
    versions = _versions(instrument)
    shown = _by_number(versions, request.GET.get("version"), versions[0]) or versions[0]
    content = export_questionnaire(version=shown)
    name = f"{instrument.code}-v{shown.number}.json"
    response = HttpResponse(content, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@may_edit
def draft_publish(request: HttpRequest, pk: int) -> HttpResponse:
    draft = draft_of(request, pk)
    instrument = draft.instrument
    problem = ""
    findings = lint_version(draft)
    if request.method == "POST":
        try:
            publish_version(version=draft, has_read="read" in request.POST)
        except ValueError as error:
            problem = str(error)
        else:
            messages.success(
                request,
                _("Version %(number)s is published; new answers are given to it.")
                % {"number": draft.number},
            )
            return redirect("survey", pk)
    published = [v for v in _versions(instrument) if v.published_at is not None]
    context = {
        **tabs(draft, "publish"),
        "problem": problem,
        "refusals": [finding for finding in findings if finding.is_refusal],
        "warnings": [finding for finding in findings if not finding.is_refusal],
        "completeness": completeness(draft),
        "before": published[0] if published else None,
        "changes": changes_between(published[0], draft) if published else None,
        "links": instrument.links.filter(is_open=True).order_by("name"),
    }
    status = 400 if problem else 200
    return render(request, "surveys/publish.html", context, status=status)


@may_edit
def draft_discard(request: HttpRequest, pk: int) -> HttpResponse:
    draft = draft_of(request, pk)
    if request.method == "POST":
        discard_draft(version=draft)
        messages.success(request, _("The draft is gone; published versions stay."))
        has_versions = draft.instrument.versions.exists()
        return redirect("survey", pk) if has_versions else redirect("surveys")
    return render(request, "surveys/discard.html", {"version": draft})
