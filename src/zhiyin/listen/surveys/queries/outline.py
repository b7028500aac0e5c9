"""A draft as its editors see it: pages with their questions in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from zhiyin.common.condition_builder import labels_of
from zhiyin.common.conditions import sentence
from zhiyin.listen.surveys.models import InstrumentVersion, Item
from zhiyin.listen.surveys.queries.facts import facts_of


@dataclass(frozen=True)
class OutlineItem:
    """One question in the outline, with its condition in words."""

    item: Item
    number: int
    text: str
    shown_if: str


@dataclass(frozen=True)
class OutlinePage:
    """One page of the outline."""

    number: int
    title: str
    shown_if: str
    is_shuffled: bool
    items: list[OutlineItem]


def page_count(version: InstrumentVersion, items: list[Item]) -> int:
    """Return how many pages there are, empty ones at the end included."""
    return max(1, len(version.pages), *(item.page for item in items))


def page_settings(version: InstrumentVersion, number: int) -> dict[str, Any]:
    """Return `titles`, `shown_if` and `is_shuffled` of a page, counted from 1."""
    known = version.pages[number - 1] if number <= len(version.pages) else {}
    return {"titles": {}, "shown_if": {}, "is_shuffled": False, **known}


def outline(version: InstrumentVersion) -> list[OutlinePage]:
    """Return the pages of a version with their questions, named for the reader."""
    items = list(version.items.all())
    labels = labels_of(facts_of(version, items))
    language = get_language() or "zh-hans"
    shown = [
        OutlineItem(
            item,
            number,
            item.wording(language).get("text", "") or item.get_kind_display(),
            sentence(item.shown_if, labels) if item.shown_if else "",
        )
        for number, item in enumerate(items, start=1)
    ]
    pages = []
    for number in range(1, page_count(version, items) + 1):
        known = page_settings(version, number)
        titles = known["titles"]
        pages.append(
            OutlinePage(
                number,
                titles.get(language) or next(iter(titles.values()), ""),
                sentence(known["shown_if"], labels) if known["shown_if"] else "",
                bool(known["is_shuffled"]),
                [each for each in shown if each.item.page == number],
            ),
        )
    return pages
