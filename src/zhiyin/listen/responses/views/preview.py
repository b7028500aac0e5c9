"""The answer page as staff see it before anybody is asked; nothing is saved."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.common.access import permission_required
from zhiyin.listen.programs.models import SurveyLink
from zhiyin.listen.responses.queries import Visit, preview_visit
from zhiyin.listen.responses.views.afterwards import thanks_context
from zhiyin.listen.responses.views.answering import more_context, question_context
from zhiyin.listen.responses.views.frame import page
from zhiyin.listen.surveys.queries import published_version

STEPS = ("question", "promoter", "passive", "detractor", "thanks")


def _score(visit: Visit, step: str) -> int:
    item = visit.version.primary
    return next(
        (point for point in reversed(item.points) if item.class_of(point) == step),
        item.points[-1],
    )


def _shown(visit: Visit, step: str) -> tuple[str, dict[str, Any]]:
    if step == "question":
        return "question", question_context(visit)
    if step == "thanks":
        return "thanks", thanks_context(visit)
    return "more", more_context(visit, score=_score(visit, step))


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
    visit = preview_visit(link, version, request.GET.get("lang") or person.language)
    has_classes = version.primary.detractor_max is not None
    steps = STEPS if has_classes else ("question", "promoter", "thanks")
    step = request.GET.get("step", "question")
    name, context = _shown(visit, step if step in steps else "question")
    context |= {"preview": True, "steps": steps, "step": step}
    return page(request, name, context)
