"""What a customer reads about a case: own words, those of its cause, or the standard.

Words are chosen by cause, the nearest of its tree first, then by language.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Organisation
from zhiyin.act.cases.models import Case, Cause, Outcome, in_words
from zhiyin.act.recovery.models import ClosingText, Telling
from zhiyin.channels.models.templates import SLOT
from zhiyin.channels.queries import fill
from zhiyin.common import clock

LANGUAGES = ("zh-hans", "zh-hant", "en")
SLOTS = ("brand", "date", "cause", "action", "number")


@dataclass(frozen=True)
class Words:
    """Subject and body; texts have no subject."""

    subject: str
    body: str


def primary_cause(case: Case) -> Cause | None:
    """Return the case's main cause, if one was recorded."""
    row = case.causes.filter(is_primary=True).select_related("cause").first()
    return row.cause if row is not None else None


def _upwards(cause: Cause | None) -> Iterator[Cause]:
    while cause is not None:
        yield cause
        cause = cause.parent


def language_of(case: Case) -> str:
    """Return the language in which the customer of a case is written to."""
    given = case.response.language if case.response is not None else ""
    own = case.customer.language if case.customer is not None else ""
    for each in (own, given, case.organisation.language):
        if each in LANGUAGES:
            return each
    return LANGUAGES[0]


def template_for(case: Case, language: str) -> Words:
    """Return the text for this case with its slots still open."""
    texts = {
        each.cause_id: each.texts
        for each in ClosingText.objects.of(case.organisation_id)
    }
    causes = [each.pk for each in _upwards(primary_cause(case))]
    for number in [*causes, None]:
        said = texts.get(number, {}).get(language) or {}
        if said.get("body"):
            return Words(said.get("subject", ""), said["body"])
    return standard_words(language, case.outcome)


def standard_words(language: str, outcome: str = "") -> Words:
    """Return the text that ships with the product; what was promised is not said."""
    with translation.override(language):
        subject = _("{brand}: what became of what you told us")
        if outcome == Outcome.EXPLAINED:
            return Words(
                subject,
                _(
                    "On {date} you told us about: {cause}. It cannot be solved at "
                    "once; we keep working on it and will tell you. Thank you for "
                    "telling us."
                ),
            )
        return Words(
            subject,
            _(
                "On {date} you told us about: {cause}. We have dealt with it. If it "
                "is not as you need it, please call us. Thank you for telling us."
            ),
        )


def news_words(language: str) -> Words:
    """Return the first draft of what customers of a cause are told."""
    with translation.override(language):
        return Words(
            _("{brand}: we changed something because of you"),
            _(
                "You told us about: {cause}. Because of this and others' words we "
                "changed how we work. Thank you for telling us."
            ),
        )


def slots_of(case: Case, language: str, cause: Cause | None = None) -> dict[str, str]:
    """Return what stands in the slots for this case."""
    said_at = case.response.responded_at if case.response else case.opened_at
    zone = zoneinfo.ZoneInfo(case.organisation.time_zone)
    day = (said_at or clock.now()).astimezone(zone).date()
    cause = cause or primary_cause(case)
    with translation.override(language):
        is_chinese = language.startswith("zh")
        date = f"{day.month}月{day.day}日" if is_chinese else f"{day:%d %B}".lstrip("0")
        about = in_words(cause.names, cause.code) if cause else _("our service")
    return {
        "brand": case.organisation.brand or case.organisation.name,
        "date": date,
        "cause": about,
        "action": case.action_taken.strip(),
        "number": str(case.number),
    }


def words_of(telling: Telling) -> Words:
    """Return what the customer will read, in the language chosen for them.

    Raises SlotMissingError for a text with a slot that nothing fills.
    """
    case = telling.case
    language = telling.language or language_of(case)
    own = telling.words
    if own:
        return Words(own.get("subject", ""), own["body"])
    if telling.news is not None:
        said = telling.news.texts.get(language) or {}
        chosen = Words(said.get("subject", ""), said.get("body", ""))
        return _filled(chosen, slots_of(case, language, telling.news.cause))
    return _filled(template_for(case, language), slots_of(case, language))


def draft_words(case: Case, language: str) -> Words:
    """Return the text as it would be sent now, for a person to change."""
    return _filled(template_for(case, language), slots_of(case, language))


def _filled(words: Words, slots: Mapping[str, str]) -> Words:
    subject = fill(words.subject, slots)
    return Words(" ".join(subject.split())[:200], fill(words.body, slots).strip())


def unknown_slots(text: str) -> list[str]:
    """Return the slots of a text that nothing fills."""
    return [name for name in SLOT.findall(text) if name not in SLOTS]


def sample_slots(organisation: Organisation, language: str) -> dict[str, str]:
    """Return made-up values for a preview."""
    with translation.override(language):
        is_chinese = language.startswith("zh")
        return {
            "brand": organisation.brand or organisation.name,
            "date": "3月8日" if is_chinese else "8 March",
            "cause": _("slow mobile internet"),
            "action": _("a second cell was switched on in your street"),
            "number": "1024",
        }


def preview_words(organisation: Organisation, words: Words, language: str) -> Words:
    """Return a text with made-up values in its slots."""
    return _filled(words, sample_slots(organisation, language))
