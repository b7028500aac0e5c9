"""Texts of closing cases and news about causes, as lists."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet

from zhiyin.accounts.models import Person
from zhiyin.act.cases.models import Cause
from zhiyin.act.recovery.models import CauseNews, ClosingText, TellingState
from zhiyin.act.recovery.queries.words import LANGUAGES, standard_words

MOST_NEWS = 50


def standard() -> dict[str, dict[str, str]]:
    """Return the texts that ship with the product."""
    words = {code: standard_words(code) for code in LANGUAGES}
    return {
        code: {"subject": each.subject, "body": each.body}
        for code, each in words.items()
    }


def causes_with_texts(person: Person) -> dict[str, Any]:
    """Return the causes down to the second level, each with what is written for it."""
    written = {each.cause_id: each for each in ClosingText.objects.visible_to(person)}
    causes = Cause.objects.visible_to(person).filter(is_active=True)
    tops = causes.filter(parent=None)
    below: dict[int, list[Cause]] = {}
    for cause in causes.exclude(parent=None):
        below.setdefault(cause.parent_id or 0, []).append(cause)
    trees = [
        {
            "cause": top,
            "text": written.get(top.pk),
            "below": [
                {"cause": each, "text": written.get(each.pk)}
                for each in below.get(top.pk, [])
            ],
        }
        for top in tops
    ]
    return {"trees": trees, "other": written.get(None)}


def news_sent(person: Person) -> QuerySet[CauseNews]:
    """Return the news sent before, with how far their messages came."""
    left = (TellingState.SENT, TellingState.DELIVERED)
    stopped = (
        TellingState.BLOCKED, TellingState.UNREACHABLE, TellingState.FAILED,
        TellingState.CANCELLED,
    )  # fmt: skip
    rows = CauseNews.objects.visible_to(person).select_related("cause", "created_by")
    return rows.annotate(
        reached=Count("tellings", filter=Q(tellings__state__in=left)),
        stopped=Count("tellings", filter=Q(tellings__state__in=stopped)),
    )[:MOST_NEWS]
