"""What customers wrote, under the same selection as the scores."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Permission, Person
from zhiyin.analyze.dashboards.queries.analysis import analysis_of
from zhiyin.analyze.dashboards.queries.score_page import small_score
from zhiyin.analyze.dashboards.views.frame import (
    exports_of,
    frame_of,
    no_data_yet,
    settled_address,
)
from zhiyin.analyze.metrics.queries.selection import Selection
from zhiyin.analyze.voices.queries import Search, find_quotes, read_page, read_words
from zhiyin.common.access import permission_required
from zhiyin.listen.feedback.models import FeedbackQuerySet
from zhiyin.listen.feedback.queries import feedback_found

UNASKED_BESIDE = 4


def _unasked(
    person: Person, selection: Selection, words: tuple[str, ...]
) -> FeedbackQuerySet:
    """Return the newest of what was said unasked in the same time."""
    since, until = (
        bound.replace(tzinfo=dt.UTC) if bound else None
        for bound in selection.period.bounds
    )
    rows = feedback_found(person, words=words, since=since, until=until)
    return rows[:UNASKED_BESIDE]


@permission_required(Permission.SEE_RESPONSES)
def voices(request: HttpRequest) -> HttpResponse:
    """Show comments that contain the words, newest first."""
    elsewhere = settled_address(request)
    if elsewhere is not None:
        return elsewhere
    analysis = analysis_of(request, Permission.SEE_RESPONSES)
    if analysis.selection is None:
        return no_data_yet(request, _("Voices"))
    words = read_words(analysis.query.get("words"))
    found = find_quotes(
        analysis.person,
        analysis.snapshot,
        analysis.selection,
        analysis.labels,
        Search(words, read_page(analysis.query.get("page"))),
    )
    said = urlencode({"words": " ".join(words)})
    context = {
        "found": found,
        "words": " ".join(words),
        "score": small_score(analysis),
        "unasked": _unasked(analysis.person, analysis.selection, words),
        "exports": exports_of("voices", f"{analysis.selection.query()}&{said}"),
        **frame_of(request, analysis, "voices"),
    }
    return render(request, "voices/voices.html", context)
