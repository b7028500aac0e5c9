"""The table page."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Permission
from zhiyin.analyze.dashboards.queries.analysis import analysis_of
from zhiyin.analyze.dashboards.queries.breakdowns import table_page
from zhiyin.analyze.dashboards.views.frame import (
    exports_of,
    frame_of,
    no_data_yet,
    settled_address,
)
from zhiyin.common.access import permission_required


@permission_required(Permission.SEE_SCORES)
def table(request: HttpRequest) -> HttpResponse:
    """Show a metric in the groups of one dimension."""
    elsewhere = settled_address(request)
    if elsewhere is not None:
        return elsewhere
    analysis = analysis_of(request)
    if analysis.selection is None:
        return no_data_yet(request, _("Table"))
    page = table_page(analysis, request.GET.get("by", ""), request.GET.get("sort", ""))
    more = {"by": page.name}
    if analysis.query.get("cuts"):
        more["cuts"] = analysis.query.get("cuts")
    context = {
        "page": page,
        "voices": reverse("voices"),
        "down": reverse("table") if page.is_tree else reverse("scores"),
        "exports": exports_of("table", f"{analysis.chosen.query()}&{urlencode(more)}"),
        **frame_of(request, analysis, "table"),
    }
    return render(request, "dashboards/table.html", context)
