"""What concerns a whole draft: its name, audience, languages, quotas and texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.listen.customers.models import Audience
from zhiyin.listen.surveys.models import InstrumentVersion
from zhiyin.listen.surveys.queries import (
    page_settings,
    quotas_stamp,
    settings_stamp,
    texts_stamp,
)
from zhiyin.listen.surveys.services.drafts import (
    check_text,
    lock_draft,
    note_edit,
    refuse_stale,
)


@dataclass(frozen=True)
class DraftSettings:
    """What an editor decides about the questionnaire as a whole."""

    name: str
    audience: str = Audience.CONSUMER
    languages: list[str] = field(default_factory=list)
    brand: str = ""
    note: str = ""
    # None leaves it as it is: it cannot change once a version is published.
    is_anonymous: bool | None = None


@dataclass(frozen=True)
class LanguageTexts:
    """Every text of a draft in one language: of items by code, pages, the frame."""

    items: Mapping[str, Mapping[str, Any]]
    pages: Mapping[int, str]
    page: Mapping[str, str]


@transaction.atomic
def change_settings(
    *,
    version: InstrumentVersion,
    settings: DraftSettings,
    stamp: str = "",
) -> None:
    """Write name, audience, languages, brand and note; raises DraftChangedError."""
    draft = lock_draft(version)
    refuse_stale(draft, "settings", given=stamp, current=settings_stamp(draft))
    draft.languages = settings.languages
    draft.brand = settings.brand
    draft.note = settings.note
    draft.save(update_fields=["languages", "brand", "note"])
    draft.instrument.name = settings.name
    draft.instrument.audience = settings.audience
    if settings.is_anonymous is not None:
        _refuse_published(draft)
        draft.instrument.is_anonymous = settings.is_anonymous
    draft.instrument.save(update_fields=["name", "audience", "is_anonymous"])
    note_edit(draft, "settings")


def _refuse_published(draft: InstrumentVersion) -> None:
    if draft.instrument.versions.filter(published_at__isnull=False).exists():
        raise ValueError(
            _("Whether answers are anonymous was settled with the first version."),
        )


@transaction.atomic
def change_quotas(
    *,
    version: InstrumentVersion,
    quotas: Sequence[Mapping[str, Any]],
    stamp: str = "",
) -> None:
    """Write the quotas; raises DraftChangedError, and ValueError for a code twice."""
    draft = lock_draft(version)
    refuse_stale(draft, "quotas", given=stamp, current=quotas_stamp(draft))
    codes = [quota["code"] for quota in quotas]
    twice = next((code for code in codes if codes.count(code) > 1), None)
    if twice is not None:
        raise ValueError(_("Two quotas have the code %s.") % twice)
    draft.quotas = [dict(quota) for quota in quotas]
    draft.save(update_fields=["quotas"])
    note_edit(draft, "quotas")


@transaction.atomic
def change_texts(
    *,
    version: InstrumentVersion,
    language: str,
    texts: LanguageTexts,
    stamp: str = "",
) -> None:
    """Write the texts of one language; raises DraftChangedError, ValueError."""
    draft = lock_draft(version)
    current = texts_stamp(draft, language)
    refuse_stale(draft, f"texts:{language}", given=stamp, current=current)
    for item in draft.items.all():
        if item.code in texts.items:
            written = dict(texts.items[item.code])
            _check_wording(written)
            item.texts = {**item.texts, language: written}
            item.save(update_fields=["texts"])
    pages = [page_settings(draft, n) for n in range(1, len(draft.pages) + 1)]
    for number, title in texts.pages.items():
        check_text(title)
        if number <= len(pages):
            titles = {**pages[number - 1]["titles"], language: title}
            pages[number - 1]["titles"] = {k: v for k, v in titles.items() if v}
    for text in texts.page.values():
        check_text(text)
    draft.pages = pages
    kept = draft.texts.get(language, {})
    draft.texts = {**draft.texts, language: {**kept, **texts.page}}
    draft.save(update_fields=["pages", "texts"])
    note_edit(draft, f"texts:{language}")


def _check_wording(wording: Mapping[str, Any]) -> None:
    for value in wording.values():
        for each in [value] if isinstance(value, str) else value:
            check_text(each if isinstance(each, str) else each[1])
