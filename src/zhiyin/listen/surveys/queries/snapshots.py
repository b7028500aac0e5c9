"""A version and its items as plain frozen values, read once and kept in memory.

A published version never changes, so a process that has read it need not ask the
database again; this is what makes the answer page cheap.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from zhiyin.listen.surveys.models import (
    SCORED_KINDS,
    Instrument,
    InstrumentVersion,
    ItemKind,
)


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
        if self.kind == ItemKind.CONSENT:
            return frozenset({"yes", "no"})
        return frozenset(
            option[0]
            for wording in self.texts.values()
            for option in wording.get("options") or ()
        )


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

    @property
    def primary(self) -> ItemSnapshot:
        """Return the main question: the one marked so, else the first scored."""
        marked = [item for item in self.items if item.is_primary]
        scored = [item for item in self.items if item.is_scored]
        return (marked or scored or list(self.items))[0]

    def followups(self, score: float) -> list[ItemSnapshot]:
        """Return what is asked after this score on the main question."""
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
            )
            for item in version.items.all()
        ),
    )


@lru_cache(maxsize=512)
def _published(pk: int, _published_at: str) -> VersionSnapshot:
    return snapshot(InstrumentVersion.objects.prefetch_related("items").get(pk=pk))


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
    # The moment of publication is part of the memory's key: ids can come again in
    # another database, moments hardly.
    return _published(latest[0], str(latest[1])) if latest else None
