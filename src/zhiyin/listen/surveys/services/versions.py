"""Versions: a draft is edited, publishing freezes it, editing makes the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.services import record
from zhiyin.common import clock
from zhiyin.listen.surveys.models import Instrument, InstrumentVersion, Item
from zhiyin.listen.surveys.queries import missing_texts, unknown_slots

LONGEST_TEXT = 500


class VersionFrozenError(ValueError):
    """A published version was to be changed."""

    def __init__(self, version: InstrumentVersion) -> None:
        super().__init__(
            _(
                "Version %(number)s is published and never changes, because answers "
                "refer to it. Edit it as a new version.",
            )
            % {"number": version.number},
        )


class VersionIncompleteError(ValueError):
    """A version cannot be published as it is; the message lists why."""


@dataclass(frozen=True)
class DraftTexts:
    """What an editor may change: wordings, page texts, languages, brand, note.

    `items` maps item code to language to wording names; `page` maps language to the
    texts of the page.
    """

    items: Mapping[str, Mapping[str, Mapping[str, Any]]]
    page: Mapping[str, Mapping[str, str]]
    languages: list[str] = field(default_factory=list)
    brand: str = ""
    note: str = ""


def _draft_or_raise(version: InstrumentVersion) -> InstrumentVersion:
    locked = InstrumentVersion.objects.select_for_update().get(pk=version.pk)
    if locked.published_at is not None:
        raise VersionFrozenError(locked)
    return locked


@transaction.atomic
def start_draft(*, instrument: Instrument) -> InstrumentVersion:
    """Return the draft to edit: the one under way, else a copy of the newest."""
    Instrument.objects.select_for_update().get(pk=instrument.pk)
    latest = instrument.versions.order_by("-number").first()
    if latest is not None and latest.published_at is None:
        return latest
    draft = InstrumentVersion.objects.create(
        instrument=instrument,
        number=latest.number + 1 if latest else 1,
        languages=latest.languages if latest else [],
        brand=latest.brand if latest else "",
        texts=latest.texts if latest else {},
        pages=latest.pages if latest else [],
        quotas=latest.quotas if latest else [],
    )
    items = list(latest.items.all()) if latest else []
    for item in items:
        item.pk = None
        item.version = draft
    Item.objects.bulk_create(items)
    record(action="version.started", target=instrument, number=draft.number)
    return draft


def _wordings(texts: DraftTexts) -> Iterator[str]:
    for by_language in texts.items.values():
        for wording in by_language.values():
            yield wording.get("text", "")
            yield wording.get("low", "")
            yield wording.get("high", "")
    for page in texts.page.values():
        yield from page.values()


def _check(texts: DraftTexts) -> None:
    for text in _wordings(texts):
        if len(text) > LONGEST_TEXT:
            raise ValueError(
                _(
                    "A text has at most %(limit)s characters; received %(count)s: "
                    "%(text)s",
                )
                % {"limit": LONGEST_TEXT, "count": len(text), "text": text[:40]},
            )
        for name in unknown_slots(text):
            raise ValueError(
                _("Nothing can fill {%(name)s} in “%(text)s”; use %(known)s.")
                % {
                    "name": name,
                    "text": text[:60],
                    "known": "{brand}, {touchpoint}, {date}",
                },
            )


@transaction.atomic
def save_draft(*, version: InstrumentVersion, texts: DraftTexts) -> InstrumentVersion:
    """Write an editor's texts into a draft; incomplete is allowed until published.

    Raises VersionFrozenError for a published version and ValueError for a text that
    is too long or has a slot that nothing fills.
    """
    draft = _draft_or_raise(version)
    _check(texts)
    for item in draft.items.all():
        for language, wording in texts.items.get(item.code, {}).items():
            item.texts[language] = {**item.texts.get(language, {}), **wording}
        item.save(update_fields=["texts"])
    for language, page in texts.page.items():
        draft.texts[language] = {**draft.texts.get(language, {}), **page}
    draft.languages = texts.languages
    draft.brand = texts.brand
    draft.note = texts.note
    draft.save(update_fields=["texts", "languages", "brand", "note"])
    record(action="version.edited", target=draft.instrument, number=draft.number)
    return draft


@transaction.atomic
def publish_version(*, version: InstrumentVersion) -> InstrumentVersion:
    """Freeze a draft; answers are given to it from this moment on.

    Raises VersionIncompleteError while a chosen language lacks a text, or when no
    language is chosen or nothing is asked.
    """
    draft = _draft_or_raise(version)
    if not draft.languages:
        raise VersionIncompleteError(_("Choose at least one language to publish."))
    if not draft.items.exists():
        raise VersionIncompleteError(_("There is no question to publish."))
    if not draft.instrument.is_imported:
        for language in draft.languages:
            _refuse_gaps(draft, language)
    draft.published_at = clock.now()
    draft.save(update_fields=["published_at"])
    record(action="version.published", target=draft.instrument, number=draft.number)
    return draft


def _refuse_gaps(draft: InstrumentVersion, language: str) -> None:
    gaps = missing_texts(draft, language)
    if gaps:
        named = ", ".join(f"{gap.item or _('page')}: {gap.name}" for gap in gaps)
        raise VersionIncompleteError(
            _("%(language)s is incomplete: %(gaps)s. Write them or leave it out.")
            % {"language": language, "gaps": named},
        )


@transaction.atomic
def discard_draft(*, version: InstrumentVersion) -> None:
    """Throw a draft away; the published versions stay as they are."""
    draft = _draft_or_raise(version)
    record(action="version.discarded", target=draft.instrument, number=draft.number)
    draft.delete()
