"""The table page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Permission
from zhiyin.analyze.dashboards.queries.analysis import analysis_of
from zhiyin.analyze.dashboards.queries.breakdowns import table_page
from zhiyin.analyze.dashboards.views.frame import frame_of, no_data_yet
from zhiyin.common.access import permission_required


@permission_required(Permission.SEE_SCORES)
def table(request: HttpRequest) -> HttpResponse:
    """Show a metric in the groups of one dimension."""
    analysis = analysis_of(request)
    if analysis.selection is None:
        return no_data_yet(request, _("Table"))
    page = table_page(analysis, request.GET.get("by", ""), request.GET.get("sort", ""))
    query = f"{analysis.selection.query()}&by={page.name}"
    context = {
        "page": page,
        "voices": reverse("voices"),
        "exports": [
            ("CSV", f"{reverse('export_scores', args=['csv'])}?{query}"),
            ("XLSX", f"{reverse('export_scores', args=['xlsx'])}?{query}"),
        ],
        **frame_of(request, analysis, "table"),
    }
    return render(request, "dashboards/table.html", context)
