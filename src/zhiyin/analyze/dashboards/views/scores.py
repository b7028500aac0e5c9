"""The score page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Permission
from zhiyin.analyze.dashboards.queries.analysis import analysis_of
from zhiyin.analyze.dashboards.queries.score_page import score_page
from zhiyin.analyze.dashboards.views.frame import (
    exports_of,
    frame_of,
    no_data_yet,
    settled_address,
)
from zhiyin.analyze.voices.queries import latest_quotes
from zhiyin.common.access import permission_required


@permission_required(Permission.SEE_SCORES)
def scores(request: HttpRequest) -> HttpResponse:
    """Show one score with everything it stands on."""
    elsewhere = settled_address(request)
    if elsewhere is not None:
        return elsewhere
    analysis = analysis_of(request)
    if analysis.selection is None:
        return no_data_yet(request, _("Scores"))
    query = analysis.selection.query()
    charts = {
        f"chart_{ending}_url": f"{reverse('trend_chart', args=[ending])}?{query}"
        for ending in ("json", "svg", "png")
    }
    context = {
        "page": score_page(analysis),
        "quotes": latest_quotes(
            analysis.person,
            analysis.snapshot,
            analysis.selection,
            analysis.labels,
        ),
        "table_url": f"{reverse('table')}?{query}",
        "exports": exports_of("scores", query),
        **charts,
        **frame_of(request, analysis, "scores"),
    }
    return render(request, "dashboards/scores.html", context)
