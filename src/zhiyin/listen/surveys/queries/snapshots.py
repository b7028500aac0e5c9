"""A version and its items as plain frozen values, read once and kept in memory.

A published version never changes, so a process that has read it need not ask the
database again; this is what makes the answer page cheap.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from zhiyin.listen.surveys.models import (
    SCORED_KINDS,
    Instrument,
    InstrumentVersion,
    ItemKind,
)

_YES_OR_NO = (ItemKind.CONSENT, ItemKind.YES_NO)


@dataclass(frozen=True)
class ItemSnapshot:
    """One question with its scale, cuts and wordings."""

    code: str
    kind: str
    is_primary: bool
    is_required: bool
    asked_of: str
    scale_min: int | None
    scale_max: int | None
    detractor_max: int | None
    promoter_min: int | None
    texts: Mapping[str, Mapping[str, Any]]
    page: int = 1
    shown_if: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    is_actionable: bool = False

    @property
    def is_scored(self) -> bool:
        """Tell whether the answer is a point of a scale."""
        return self.kind in SCORED_KINDS

    @property
    def points(self) -> range:
        """Return the points of the scale; none for an item without one."""
        if self.scale_min is None or self.scale_max is None:
            return range(0)
        return range(self.scale_min, self.scale_max + 1)

    def wording(self, language: str) -> Mapping[str, Any]:
        """Return the wordings in a language, else in the first one there is."""
        fallback: Mapping[str, Any] = {"text": self.code}
        return self.texts.get(language) or next(iter(self.texts.values()), fallback)

    def class_of(self, score: float) -> str:
        """Return promoter, passive or detractor by this item's cuts, else ""."""
        if self.detractor_max is None or self.promoter_min is None:
            return ""
        if score <= self.detractor_max:
            return "detractor"
        return "promoter" if score >= self.promoter_min else "passive"

    def option_codes(self) -> frozenset[str]:
        """Return the codes a choice may have, in any language."""
        if self.kind in _YES_OR_NO:
            return frozenset({"yes", "no"})
        return frozenset(self._codes("options"))

    def row_codes(self) -> tuple[str, ...]:
        """Return the codes of a matrix's rows in order, in any language."""
        return self._codes("rows")

    def _codes(self, name: str) -> tuple[str, ...]:
        found = {
            entry[0]: None
            for wording in self.texts.values()
            for entry in wording.get(name) or ()
        }
        return tuple(found)


@dataclass(frozen=True)
class VersionSnapshot:
    """One version of an instrument with its items in order."""

    pk: int
    instrument_id: int
    number: int
    languages: tuple[str, ...]
    brand: str
    texts: Mapping[str, Mapping[str, str]]
    items: tuple[ItemSnapshot, ...]
    pages: tuple[Mapping[str, Any], ...] = ()
    quotas: tuple[Mapping[str, Any], ...] = ()
    is_anonymous: bool = False

    @cached_property
    def in_order(self) -> tuple[ItemSnapshot, ...]:
        """Return the items as they are asked: by page, then by place."""
        return tuple(sorted(self.items, key=lambda item: item.page))

    @cached_property
    def opening(self) -> ItemSnapshot | None:
        """Return the question that is asked alone at first, if there is one.

        It is the very first item, if it is scored and asked of everybody: its click
        is saved before anything else is asked.
        """
        first = self.in_order[0] if self.items else None
        if first is None or not first.is_scored or first.shown_if or first.asked_of:
            return None
        page = self.page_settings(first.page)
        return None if page.get("shown_if") or page.get("is_shuffled") else first

    def page_settings(self, number: int) -> Mapping[str, Any]:
        """Return the titles and logic of a page; nothing where none are kept."""
        return self.pages[number - 1] if 0 < number <= len(self.pages) else {}

    @cached_property
    def primary(self) -> ItemSnapshot:
        """Return the main question: the one marked so, else the first scored."""
        marked = [item for item in self.items if item.is_primary]
        scored = [item for item in self.items if item.is_scored]
        return (marked or scored or list(self.items))[0]

    def followups(self, score: float) -> list[ItemSnapshot]:
        """Return what this class of score is asked besides the main question."""
        given = self.primary.class_of(score)
        return [
            item
            for item in self.items
            if item is not self.primary and item.asked_of in {"", given}
        ]

    def item(self, code: str) -> ItemSnapshot | None:
        """Return an item by its code."""
        return next((item for item in self.items if item.code == code), None)

    def page_text(self, name: str, language: str) -> str:
        """Return a text of the page itself, such as `thanks`."""
        here = self.texts.get(language) or next(iter(self.texts.values()), {})
        return here.get(name, "")


def snapshot(version: InstrumentVersion) -> VersionSnapshot:
    """Read a version with its items."""
    return VersionSnapshot(
        pk=version.pk,
        instrument_id=version.instrument_id,
        number=version.number,
        languages=tuple(version.languages),
        brand=version.brand,
        texts=version.texts,
        pages=tuple(version.pages),
        quotas=tuple(version.quotas),
        is_anonymous=version.instrument.is_anonymous,
        items=tuple(
            ItemSnapshot(
                code=item.code,
                kind=item.kind,
                is_primary=item.is_primary,
                is_required=item.is_required,
                asked_of=item.asked_of,
                scale_min=item.scale_min,
                scale_max=item.scale_max,
                detractor_max=item.detractor_max,
                promoter_min=item.promoter_min,
                texts=item.texts,
                page=item.page,
                shown_if=item.shown_if,
                settings=item.settings,
                is_actionable=item.is_actionable,
            )
            for item in version.items.all()
        ),
    )


def _read(pk: int) -> VersionSnapshot:
    rows = InstrumentVersion.objects.select_related("instrument")
    return snapshot(rows.prefetch_related("items").get(pk=pk))


@lru_cache(maxsize=512)
def _published(pk: int, _published_at: str) -> VersionSnapshot:
    return _read(pk)


def version_snapshot(pk: int, published_at: object) -> VersionSnapshot:
    """Return a version by its id, read once if it is published.

    The moment of publication is part of the memory's key: ids can come again in
    another database, moments hardly.
    """
    if published_at is not None:
        return _published(pk, str(published_at))
    return _read(pk)


def published_version(
    instrument: Instrument,
    pk: int | None = None,
) -> VersionSnapshot | None:
    """Return the latest published version, or the published one with this id."""
    rows = InstrumentVersion.objects.filter(
        instrument=instrument,
        published_at__isnull=False,
    )
    found = (rows.filter(pk=pk) if pk else rows.order_by("-number")).values_list(
        "pk",
        "published_at",
    )
    latest = found.first()
    return version_snapshot(*latest) if latest else None
