"""The comparison page."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Permission
from zhiyin.analyze.dashboards.queries.analysis import analysis_of
from zhiyin.analyze.dashboards.queries.compare_page import compare_page
from zhiyin.analyze.dashboards.views.frame import (
    exports_of,
    frame_of,
    no_data_yet,
    settled_address,
)
from zhiyin.common.access import permission_required

_SIDES = ("between", "a", "b", "b_from", "b_to")


@permission_required(Permission.SEE_SCORES)
def compare(request: HttpRequest) -> HttpResponse:
    """Show two sides and say whether they differ."""
    elsewhere = settled_address(request)
    if elsewhere is not None:
        return elsewhere
    analysis = analysis_of(request)
    if analysis.selection is None:
        return no_data_yet(request, _("Compare"))
    more = {name: analysis.query.get(name) for name in _SIDES}
    sides = urlencode({name: value for name, value in more.items() if value})
    context = {
        "page": compare_page(analysis),
        "exports": exports_of("compare", f"{analysis.chosen.query()}&{sides}"),
        **frame_of(request, analysis, "compare"),
    }
    return render(request, "dashboards/compare.html", context)
