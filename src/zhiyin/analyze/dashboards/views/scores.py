"""The score page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Permission
from zhiyin.analyze.dashboards.queries.analysis import analysis_of
from zhiyin.analyze.dashboards.queries.score_page import score_page
from zhiyin.analyze.dashboards.views.frame import frame_of, no_data_yet
from zhiyin.analyze.voices.queries import latest_quotes
from zhiyin.common.access import permission_required


@permission_required(Permission.SEE_SCORES)
def scores(request: HttpRequest) -> HttpResponse:
    """Show one score with everything it stands on."""
    analysis = analysis_of(request)
    if analysis.selection is None:
        return no_data_yet(request, _("Scores"))
    query = analysis.selection.query()
    if "range_of" in request.GET:
        return redirect(f"{reverse('scores')}?{query}")
    chart = reverse("trend_chart", args=["json"])
    context = {
        "page": score_page(analysis),
        "quotes": latest_quotes(
            analysis.person,
            analysis.snapshot,
            analysis.selection,
            analysis.labels,
        ),
        "chart_url": f"{chart}?{query}",
        "chart_svg_url": f"{reverse('trend_chart', args=['svg'])}?{query}",
        "chart_png_url": f"{reverse('trend_chart', args=['png'])}?{query}",
        "exports": [
            ("CSV", f"{reverse('export_scores', args=['csv'])}?{query}"),
            ("XLSX", f"{reverse('export_scores', args=['xlsx'])}?{query}"),
        ],
        **frame_of(request, analysis, "scores"),
    }
    return render(request, "dashboards/scores.html", context)
