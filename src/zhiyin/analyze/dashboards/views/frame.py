"""What the pages of analysis have in common: chips, exports, saved views."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from zhiyin.accounts.models import Permission
from zhiyin.analyze.dashboards.models import SavedView
from zhiyin.analyze.dashboards.queries.analysis import Analysis
from zhiyin.analyze.dashboards.queries.picking import pick, series_choices


def frame_of(request: HttpRequest, analysis: Analysis, page: str) -> dict[str, Any]:
    """Return what every page of analysis shows around its content."""
    person, query = analysis.person, request.GET.urlencode()
    views = [
        {
            "pk": view.pk,
            "name": view.name,
            "is_shared": view.is_shared,
            "is_own": view.person_id == person.pk,
            "url": f"{reverse(view.page)}?{view.query}",
        }
        for view in SavedView.objects.visible_to(person)
    ]
    return {
        "analysis": analysis,
        "page_name": page,
        "series_label": analysis.labels.series(analysis.chosen.series),
        "series_choices": series_choices(analysis),
        "has_weights": analysis.has_weights,
        "picked": pick(analysis, request.GET.get("pick", "")),
        "saved_views": views,
        "can_export": person.may(Permission.EXPORT_DATA),
        "can_see_responses": person.may(Permission.SEE_RESPONSES),
        "can_mark": person.may(Permission.EDIT_MARKERS),
        "voices_url": f"{reverse('voices')}?{analysis.chosen.query()}",
        "query": query,
    }


def no_data_yet(request: HttpRequest, title: str) -> HttpResponse:
    """Say what this page will show and how to get there."""
    may_import = request.user.may(Permission.IMPORT_RESPONSES)  # type: ignore[union-attr]
    return render(
        request,
        "dashboards/no_data.html",
        {"title": title, "may_import": may_import},
    )
