"""The comparison page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Permission
from zhiyin.analyze.dashboards.queries.analysis import analysis_of
from zhiyin.analyze.dashboards.queries.compare_page import compare_page
from zhiyin.analyze.dashboards.views.frame import frame_of, no_data_yet
from zhiyin.common.access import permission_required


@permission_required(Permission.SEE_SCORES)
def compare(request: HttpRequest) -> HttpResponse:
    """Show two sides and say whether they differ."""
    analysis = analysis_of(request)
    if analysis.selection is None:
        return no_data_yet(request, _("Compare"))
    context = {
        "page": compare_page(analysis),
        "exports": [],
        **frame_of(request, analysis, "compare"),
    }
    return render(request, "dashboards/compare.html", context | {"can_export": False})
