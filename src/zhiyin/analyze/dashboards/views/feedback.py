"""What customers said without being asked, found by words and channel."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.analyze.voices.queries import read_words
from zhiyin.common.access import permission_required
from zhiyin.listen.feedback.models import FeedbackChannel
from zhiyin.listen.feedback.queries import feedback_found

PER_PAGE = 30


@permission_required(Permission.SEE_RESPONSES)
def unasked(request: HttpRequest) -> HttpResponse:
    """Show unasked feedback, newest first, with how much came by each channel."""
    person = person_of(request)
    words = read_words(request.GET.get("words", "").replace("\x00", ""))
    channel = request.GET.get("channel", "")
    found = feedback_found(person, words=words)
    counts = dict(
        found.order_by().values_list("channel").annotate(number=Count("pk")),
    )
    rows = feedback_found(person, words=words, channel=channel)
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "words": " ".join(words),
        "channel": channel,
        "channels": [
            (code, label, counts[code])
            for code, label in FeedbackChannel.choices
            if code in counts
        ],
    }
    return render(request, "voices/unasked.html", context)
