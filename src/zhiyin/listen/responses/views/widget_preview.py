"""The widget as staff try it before anybody is asked; nothing is counted or saved."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.common.access import permission_required
from zhiyin.listen.programs.models import Widget
from zhiyin.listen.responses.forms import clean_score
from zhiyin.listen.responses.queries import Visit, preview_visit
from zhiyin.listen.responses.views.sheets import course_now
from zhiyin.listen.responses.views.widget_steps import (
    OPENING,
    first_page,
    shown_page,
    thanks_of,
)
from zhiyin.listen.responses.views.widgets import (
    as_json,
    body_of,
    fields_of,
    settings_of,
)
from zhiyin.listen.surveys.queries import published_version


def _visit(widget: Widget, language: str) -> Visit:
    version = published_version(widget.link.instrument)
    if version is None:
        raise Http404
    return preview_visit(widget.link, version, language)


def _step(widget: Widget, step: str, content: dict[str, Any]) -> dict[str, Any]:
    visit = _visit(widget, str(content.get("lang") or ""))
    with translation.override(visit.language):
        if step == "open":
            return {"asked": True, **first_page(visit)}
        opening, number = visit.version.opening, content.get("page")
        if opening is not None and number == OPENING:
            score = clean_score(fields_of(content).get(f"item-{opening.code}"))
            course = course_now(visit, {opening.code: score})
            following = course.pages[0] if course.pages else None
        else:
            course = course_now(visit)
            after = course.after(number) if isinstance(number, int) else None
            following = course.page(after) if after is not None else None
        if following is None:
            return thanks_of(visit)
        return {"page": shown_page(visit, following, course=course)}


@csrf_exempt
@permission_required(Permission.EDIT_SURVEYS)
def widget_try(
    request: HttpRequest, pk: int, public_id: str, step: str
) -> HttpResponse:
    """Answer the script as the site would be answered, from the published wording."""
    rows = Widget.objects.visible_to(person_of(request)).select_related(
        "organisation", "link__instrument", "link__touchpoint", "link__organisation"
    )
    widget = get_object_or_404(rows, pk=pk, public_id=public_id)
    if step == "config":
        settings = settings_of(widget, request.GET.get("lang", ""), "")
        return as_json(settings | {"live": True})
    if step not in {"open", "answer"} or request.method != "POST":
        raise Http404
    try:
        return as_json(_step(widget, step, body_of(request)))
    except ValueError as error:
        return as_json({"problem": str(error)}, 400)
