"""What the pages of analysis have in common: chips, exports, saved views."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.analyze.dashboards.models import SavedView
from zhiyin.analyze.dashboards.queries.analysis import Analysis
from zhiyin.analyze.dashboards.queries.picking import (
    metric_choices,
    pick,
    series_choices,
)

LONGEST_ADDRESS = 8_000
# What a page's address carries besides the selection.
_ONLY_FOR_PICKING = ("range_of", "low", "high", "pick")


def frame_of(request: HttpRequest, analysis: Analysis, page: str) -> dict[str, Any]:
    """Return what every page of analysis shows around its content."""
    person = analysis.person
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
    chosen = analysis.chosen
    return {
        "analysis": analysis,
        "page_name": page,
        "series_label": analysis.labels.series(chosen.series),
        "series_choices": series_choices(analysis),
        "metric_choices": metric_choices(analysis),
        "earlier": chosen.period.before(),
        "later": chosen.period.after(),
        "has_weights": analysis.has_weights,
        "picked": pick(analysis, request.GET.get("pick", "")),
        "saved_views": views,
        "can_export": person.may(Permission.EXPORT_DATA),
        "can_see_responses": person.may(Permission.SEE_RESPONSES),
        "can_mark": person.may(Permission.EDIT_MARKERS),
        "voices_url": f"{reverse('voices')}?{chosen.query()}",
    }


def exports_of(kind: str, query: str) -> list[tuple[str, str]]:
    """Return the downloads of a page, by what they are called."""
    return [
        (ending.upper(), f"{reverse('export', args=[kind, ending])}?{query}")
        for ending in ("csv", "xlsx")
    ]


def settled_address(request: HttpRequest) -> HttpResponse | None:
    """Return where to go when the form of a range of numbers was sent, else None.

    The form sends its ends apart; the address that is kept and shared carries one
    value, as for every other filter.
    """
    name = request.GET.get("range_of", "")
    if not name:
        return None
    query = request.GET.copy()
    low, high = (query.get(end, "").strip() for end in ("low", "high"))
    for each in (*_ONLY_FOR_PICKING, name, "page"):
        query.pop(each, None)
    if low or high:
        query[name] = f"{low}..{high}"
    address = f"{request.path}?{query.urlencode()}"
    return redirect(address) if len(address) <= LONGEST_ADDRESS else None


def no_data_yet(request: HttpRequest, title: str) -> HttpResponse:
    """Say what this page will show and how to get there."""
    may_import = person_of(request).may(Permission.IMPORT_RESPONSES)
    return render(
        request,
        "dashboards/no_data.html",
        {"title": title, "may_import": may_import},
    )
