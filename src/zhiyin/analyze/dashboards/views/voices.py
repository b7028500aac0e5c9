"""What customers wrote, under the same selection as the scores."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Permission
from zhiyin.analyze.dashboards.queries.analysis import analysis_of
from zhiyin.analyze.dashboards.queries.score_page import small_score
from zhiyin.analyze.dashboards.views.frame import frame_of, no_data_yet
from zhiyin.analyze.voices.queries import find_quotes
from zhiyin.common.access import permission_required


@permission_required(Permission.SEE_RESPONSES)
def voices(request: HttpRequest) -> HttpResponse:
    """Show comments that contain the words, newest first."""
    analysis = analysis_of(request)
    if analysis.selection is None:
        return no_data_yet(request, _("Voices"))
    if "range_of" in request.GET:
        return redirect(f"{reverse('voices')}?{analysis.selection.query()}")
    words = request.GET.get("words", "").strip()
    page = request.GET.get("page", "1")
    found = find_quotes(
        analysis.person,
        analysis.snapshot,
        analysis.selection,
        analysis.labels,
        words,
        max(1, int(page)) if page.isdecimal() else 1,
    )
    context = {
        "found": found,
        "words": words,
        "score": small_score(analysis),
        **frame_of(request, analysis, "voices"),
    }
    return render(request, "voices/voices.html", context | {"can_export": False})
