"""Which texts a version still lacks, per language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from zhiyin.listen.surveys.models import InstrumentVersion, Item
from zhiyin.listen.surveys.queries.standard import LANGUAGES

PAGE_TEXTS = ("thanks", "next")


@dataclass(frozen=True)
class Gap:
    """A text that is missing: of which item ("" is the page), and which text."""

    item: str
    name: str


def _names(wording: dict[str, Any]) -> set[str]:
    return {name for name, value in wording.items() if value}


def _item_gaps(item: Item, language: str) -> tuple[int, list[Gap]]:
    """Return how many texts the item needs and which of them are missing.

    What one language says, every language needs: labels, ends and as many options.
    """
    wordings: Iterable[dict[str, Any]] = item.texts.values()
    needed = {"text"}.union(*(_names(wording) for wording in wordings))
    here = item.texts.get(language, {})
    gaps = [Gap(item.code, name) for name in sorted(needed - _names(here))]
    for name in ("options", "labels"):
        longest = max((len(w.get(name) or ()) for w in item.texts.values()), default=0)
        given = [_label(entry) for entry in here.get(name) or ()]
        if name in _names(here) and (len(given) < longest or not all(given)):
            gaps.append(Gap(item.code, name))
    return len(needed), gaps


def _label(entry: str | list[str]) -> str:
    return entry if isinstance(entry, str) else entry[1]


def missing_texts(version: InstrumentVersion, language: str) -> list[Gap]:
    """Return what this version lacks in a language."""
    return _gaps(version, language)[1]


def _gaps(version: InstrumentVersion, language: str) -> tuple[int, list[Gap]]:
    here = version.texts.get(language, {})
    needed = len(PAGE_TEXTS)
    gaps = [Gap("", name) for name in PAGE_TEXTS if not here.get(name)]
    for item in version.items.all():
        count, found = _item_gaps(item, language)
        needed += count
        gaps.extend(found)
    return needed, gaps


def completeness(version: InstrumentVersion) -> dict[str, int]:
    """Return the percent of texts written, per language; 100 only when all are."""
    shares: dict[str, int] = {}
    for language in LANGUAGES:
        needed, gaps = _gaps(version, language)
        shares[language] = 100 * max(needed - len(gaps), 0) // needed
    return shares


def complete_languages(version: InstrumentVersion) -> list[str]:
    """Return the languages in which nothing is missing."""
    return [language for language in LANGUAGES if not missing_texts(version, language)]
