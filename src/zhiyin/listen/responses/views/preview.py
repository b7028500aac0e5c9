"""The answer page as staff see it before anybody is asked; nothing is saved."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Permission, Person
from zhiyin.accounts.queries.requests import person_of
from zhiyin.common.access import permission_required
from zhiyin.listen.programs.models import SurveyLink
from zhiyin.listen.responses.forms import clean_score
from zhiyin.listen.responses.queries import Visit, preview_visit
from zhiyin.listen.responses.views.afterwards import thanks_context
from zhiyin.listen.responses.views.answering import question_context
from zhiyin.listen.responses.views.frame import page
from zhiyin.listen.responses.views.sheets import course_now, sheet_context
from zhiyin.listen.surveys.models import Instrument, InstrumentVersion
from zhiyin.listen.surveys.queries import VersionSnapshot, published_version, snapshot
from zhiyin.listen.surveys.queries.logic import Course, Page

CLASSES = ("promoter", "passive", "detractor")


def _score(visit: Visit, step: str) -> int | None:
    item = visit.version.primary
    fitting = (point for point in reversed(item.points) if item.class_of(point) == step)
    return next(fitting, item.points[-1] if item.points else None)


def _steps(version: VersionSnapshot) -> list[tuple[str, str]]:
    """Return the steps of a preview: code and name, in the order of the flow."""
    numbers = list(dict.fromkeys(item.page for item in version.in_order))
    steps: list[tuple[str, str]] = []
    if version.opening is not None:
        steps.append(("question", _("Question")))
        if version.primary.detractor_max is not None:
            names = (_("promoter"), _("passive"), _("detractor"))
            steps.extend(zip(CLASSES, names, strict=True))
        else:
            steps.append(("promoter", _("Follow-up")))
        numbers = numbers[1:]
    steps.extend((f"page-{n}", _("Page %s") % n) for n in numbers)
    return [*steps, ("thanks", _("Thank-you"))]


def _shown(visit: Visit, step: str) -> tuple[str, dict[str, Any]]:
    if step == "question":
        return "question", question_context(visit)
    if step == "thanks":
        return "thanks", thanks_context(visit)
    if step in CLASSES:
        return "more", _after(visit, _score(visit, step))
    return "more", sheet_context(visit, int(step[5:]), course=_everything(visit))


def _after(visit: Visit, score: int | None) -> dict[str, Any]:
    """Return what is asked next after a score on the main question."""
    course = course_now(visit, {visit.version.primary.code: score})
    return sheet_context(visit, None, course=course) | {"score": score}


def _everything(visit: Visit) -> Course:
    """Return every page with every item, whatever the logic would hide."""
    version = visit.version
    pages: dict[int, list[Any]] = {}
    for item in version.in_order:
        if item is not version.opening:
            pages.setdefault(item.page, []).append(item)
    return Course(tuple(Page(n, tuple(items)) for n, items in pages.items()), {})


def _preview(request: HttpRequest, visit: Visit) -> HttpResponse:
    with translation.override(visit.language):
        steps = _steps(visit.version)
        codes = [code for code, _name in steps]
        wanted = request.GET.get("step", "")
        step = wanted if wanted in codes else codes[0]
        name, context = _shown(visit, step)
        score = clean_score(request.GET.get("score"))
        if score in visit.version.primary.points:
            step, name, context = "score", "more", _after(visit, score)
    response = page(
        request,
        name,
        context | {"preview": True, "preview_steps": steps, "preview_step": step},
    )
    # The designer shows it beside the questions, in a frame of our own site.
    policy = response["Content-Security-Policy"]
    response["Content-Security-Policy"] = policy.replace(
        "frame-ancestors 'none'",
        "frame-ancestors 'self'",
    )
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _language(request: HttpRequest, person: Person) -> str:
    return request.GET.get("lang") or person.language


@permission_required(Permission.EDIT_SURVEYS)
def link_preview(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    rows = SurveyLink.objects.visible_to(person).select_related(
        "organisation",
        "instrument",
        "touchpoint",
    )
    link = get_object_or_404(rows, pk=pk)
    version = published_version(link.instrument)
    if version is None:
        raise Http404
    visit = preview_visit(link, version, _language(request, person))
    return _preview(request, visit)


@permission_required(Permission.EDIT_SURVEYS)
def version_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a version, draft or published, as its readers would see it."""
    person = person_of(request)
    instruments = Instrument.objects.visible_to(person).values("pk")
    rows = InstrumentVersion.objects.select_related("instrument__organisation")
    version = get_object_or_404(rows.filter(instrument__in=instruments), pk=pk)
    shown = snapshot(version)
    if not shown.items:
        raise Http404
    link = SurveyLink(
        organisation=version.instrument.organisation,
        instrument=version.instrument,
    )
    visit = preview_visit(link, shown, _language(request, person))
    return _preview(request, visit)
