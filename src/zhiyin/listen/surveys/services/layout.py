"""The order of a draft: questions on pages, moved, split and merged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.services import record
from zhiyin.listen.surveys.models import InstrumentVersion, Item
from zhiyin.listen.surveys.queries import page_count, page_settings, pages_stamp
from zhiyin.listen.surveys.services.drafts import (
    check_text,
    item_of,
    lock_draft,
    note_edit,
    refuse_stale,
)

MOST_PAGES = 50


@dataclass(frozen=True)
class PageSettings:
    """What an editor decides about a page; `titles` per language."""

    titles: Mapping[str, str] = field(default_factory=dict)
    shown_if: Mapping[str, Any] = field(default_factory=dict)
    is_shuffled: bool = False


def _write(items: list[Item]) -> None:
    for position, item in enumerate(items, start=1):
        item.position = position
    Item.objects.bulk_update(items, ["position", "page"])


def renumber(draft: InstrumentVersion) -> None:
    """Number the questions page after page, without holes."""
    _write(sorted(draft.items.all(), key=lambda item: (item.page, item.position)))


def place_item(draft: InstrumentVersion, item: Item, place: int) -> None:
    """Put a question at a place, counted from 0, on the page it names."""
    others = [each for each in draft.items.all() if each.pk != item.pk]
    before = [each for each in others if each.page < item.page]
    beside = [each for each in others if each.page == item.page]
    after = [each for each in others if each.page > item.page]
    beside.insert(min(max(place, 0), len(beside)), item)
    _write([*before, *beside, *after])


def _arranged(draft: InstrumentVersion, part: str, **detail: Any) -> None:
    record(
        action="version.arranged",
        target=draft.instrument,
        number=draft.number,
        part=part,
        **detail,
    )


@transaction.atomic
def move_item(
    *,
    version: InstrumentVersion,
    code: str,
    page: int,
    place: int,
) -> Item:
    """Move a question to a place, counted from 0, on a page."""
    draft = lock_draft(version)
    item = item_of(draft, code)
    item.page = min(max(page, 1), page_count(draft, list(draft.items.all())))
    place_item(draft, item, place)
    _arranged(draft, f"item:{code}", page=item.page, place=place)
    return item


@transaction.atomic
def shift_item(*, version: InstrumentVersion, code: str, step: int) -> Item:
    """Move a question one place up (-1) or down (1); past the edge to the next page."""
    draft = lock_draft(version)
    item = item_of(draft, code)
    items = list(draft.items.all())
    codes = [each.code for each in items if each.page == item.page]
    place = codes.index(code) + step
    if place < 0 and item.page > 1:
        item.page -= 1
        place = len([each for each in items if each.page == item.page])
    elif place >= len(codes) and item.page < page_count(draft, items):
        item.page += 1
        place = 0
    place_item(draft, item, place)
    _arranged(draft, f"item:{code}", page=item.page, place=place)
    return item


def _padded(draft: InstrumentVersion) -> list[dict[str, Any]]:
    count = page_count(draft, list(draft.items.all()))
    return [page_settings(draft, number) for number in range(1, count + 1)]


def _save_pages(draft: InstrumentVersion, pages: list[dict[str, Any]]) -> None:
    if len(pages) > MOST_PAGES:
        raise ValueError(_("A questionnaire has at most %s pages.") % MOST_PAGES)
    draft.pages = pages
    draft.save(update_fields=["pages"])


@transaction.atomic
def add_page(*, version: InstrumentVersion) -> int:
    """Add an empty page at the end; returns its number."""
    draft = lock_draft(version)
    pages = _padded(draft)
    pages.append(page_settings(draft, len(pages) + 1))
    _save_pages(draft, pages)
    _arranged(draft, "pages", added=len(pages))
    return len(pages)


@transaction.atomic
def split_page(*, version: InstrumentVersion, code: str) -> int:
    """Begin a new page with this question; returns the new page's number."""
    draft = lock_draft(version)
    first = item_of(draft, code)
    pages = _padded(draft)
    pages.insert(first.page, page_settings(draft, len(pages) + 1))
    _save_pages(draft, pages)
    moved = []
    for item in draft.items.all():
        if item.page > first.page or (
            item.page == first.page and item.position >= first.position
        ):
            item.page += 1
            moved.append(item)
    Item.objects.bulk_update(moved, ["page"])
    _arranged(draft, "pages", split=first.page)
    return first.page + 1


@transaction.atomic
def merge_page(*, version: InstrumentVersion, number: int) -> int:
    """Join a page with the one before it; the earlier page's settings stay.

    Raises ValueError for the first page and for one there is not.
    """
    draft = lock_draft(version)
    pages = _padded(draft)
    if not 1 < number <= len(pages):
        raise ValueError(_("Page %s has no page before it to join.") % number)
    del pages[number - 1]
    _save_pages(draft, pages)
    moved = [item for item in draft.items.all() if item.page >= number]
    for item in moved:
        item.page -= 1
    Item.objects.bulk_update(moved, ["page"])
    _arranged(draft, "pages", merged=number)
    return number - 1


@transaction.atomic
def change_page(
    *,
    version: InstrumentVersion,
    number: int,
    settings: PageSettings,
    stamp: str = "",
) -> None:
    """Write a page's titles, condition and order; raises DraftChangedError."""
    draft = lock_draft(version)
    refuse_stale(draft, "pages", given=stamp, current=pages_stamp(draft))
    pages = _padded(draft)
    if not 1 <= number <= len(pages):
        raise ValueError(_("There is no page %s.") % number)
    for text in settings.titles.values():
        check_text(text)
    pages[number - 1] = {
        "titles": {code: text for code, text in settings.titles.items() if text},
        "shown_if": dict(settings.shown_if),
        "is_shuffled": settings.is_shuffled,
    }
    _save_pages(draft, pages)
    note_edit(draft, "pages", page=number)
