"""Questions of a draft: add, change, duplicate, delete, put back."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.listen.surveys.models import InstrumentVersion, Item, ItemKind
from zhiyin.listen.surveys.queries import (
    CONTENT,
    content_of,
    item_stamp,
    new_item_of,
    page_count,
)
from zhiyin.listen.surveys.services.drafts import (
    LONGEST_CODE,
    check_text,
    free_code,
    item_of,
    lock_draft,
    note_edit,
    refuse_stale,
)
from zhiyin.listen.surveys.services.layout import place_item, renumber

MOST_ITEMS = 200
_CODE = re.compile(r"[A-Za-z0-9_-]+")


@transaction.atomic
def add_item(
    *,
    version: InstrumentVersion,
    kind: str,
    page: int,
    after: str = "",
) -> Item:
    """Add a question with the usual wording of its kind, at a page's end or after one.

    Raises ValueError for a kind there is not.
    """
    draft = lock_draft(version)
    if kind not in ItemKind.values:
        raise ValueError(_("There is no kind of question called %s.") % kind)
    start = copy.deepcopy(new_item_of(kind))
    scale = start.get("scale") or (None, None)
    cuts = start.get("cuts") or (None, None)
    item = Item(
        version=draft,
        code=free_code(draft, kind),
        kind=kind,
        scale_min=scale[0],
        scale_max=scale[1],
        detractor_max=cuts[0],
        promoter_min=cuts[1],
        texts=start.get("texts", {}),
    )
    _insert(draft, item, page=page, after=after)
    note_edit(draft, f"item:{item.code}", added=kind)
    return item


def _insert(draft: InstrumentVersion, item: Item, *, page: int, after: str) -> None:
    items = list(draft.items.all())
    if len(items) >= MOST_ITEMS:
        raise ValueError(
            _("A questionnaire has at most %s questions.") % MOST_ITEMS,
        )
    item.page = min(max(page, 1), page_count(draft, items))
    item.position = len(items) + 1
    item.save()
    codes = [each.code for each in items if each.page == item.page]
    place = codes.index(after) + 1 if after in codes else len(codes)
    place_item(draft, item, place)


@transaction.atomic
def duplicate_item(*, version: InstrumentVersion, code: str) -> Item:
    """Add a copy of a question right after it; a copy is never the main question."""
    draft = lock_draft(version)
    source = item_of(draft, code)
    made = Item(version=draft, **copy.deepcopy(content_of(source)))
    made.code = free_code(draft, code)
    made.is_primary = False
    _insert(draft, made, page=source.page, after=code)
    note_edit(draft, f"item:{made.code}", copied=code)
    return made


@transaction.atomic
def delete_item(*, version: InstrumentVersion, code: str) -> dict[str, Any]:
    """Take a question out of the draft; what is returned puts it back."""
    draft = lock_draft(version)
    item = item_of(draft, code)
    codes = [each.code for each in draft.items.all() if each.page == item.page]
    kept = {
        **content_of(item),
        "page": item.page,
        "place": codes.index(code),
    }
    item.delete()
    renumber(draft)
    note_edit(draft, f"item:{code}", deleted=True)
    return kept


@transaction.atomic
def restore_item(*, version: InstrumentVersion, kept: Mapping[str, Any]) -> Item:
    """Put a deleted question back where it was."""
    draft = lock_draft(version)
    item = Item(version=draft, **{name: kept[name] for name in CONTENT})
    item.code = free_code(draft, item.code)
    if item.is_primary and draft.items.filter(is_primary=True).exists():
        item.is_primary = False
    _insert(draft, item, page=kept["page"], after="")
    place_item(draft, item, kept["place"])
    note_edit(draft, f"item:{item.code}", restored=True)
    return item


@transaction.atomic
def change_item(
    *,
    version: InstrumentVersion,
    code: str,
    content: Mapping[str, Any],
    stamp: str = "",
) -> Item:
    """Write what an editor decided about a question; `content` as `content_of` gives.

    Raises DraftChangedError when `stamp` is not that of the question as it is now,
    ItemGoneError, and ValueError for what no page could show.
    """
    draft = lock_draft(version)
    item = item_of(draft, code)
    refuse_stale(draft, f"item:{code}", given=stamp, current=item_stamp(item))
    _check_code(draft, item, content["code"])
    _check_scale(content)
    for text in _texts(content["texts"]):
        check_text(text)
    for name in CONTENT:
        if name != "kind":
            setattr(item, name, content[name])
    item.save()
    if item.is_primary:
        draft.items.filter(is_primary=True).exclude(pk=item.pk).update(is_primary=False)
    if item.code != code:
        _rename(draft, code, item.code)
    note_edit(draft, f"item:{item.code}")
    return item


def was_published(draft: InstrumentVersion, code: str) -> bool:
    """Tell whether answers may already refer to this code."""
    return Item.objects.filter(
        version__instrument_id=draft.instrument_id,
        version__published_at__isnull=False,
        code=code,
    ).exists()


def _check_code(draft: InstrumentVersion, item: Item, code: str) -> None:
    if code == item.code:
        return
    if not _CODE.fullmatch(code) or len(code) > LONGEST_CODE:
        raise ValueError(
            _("A code has letters, digits, - and _ only; received “%s”.") % code,
        )
    if was_published(draft, item.code):
        raise ValueError(
            _("Answers refer to %s already; its code cannot change.") % item.code,
        )
    if draft.items.filter(code=code).exists():
        raise ValueError(_("Another question has the code %s.") % code)


def _check_scale(content: Mapping[str, Any]) -> None:
    low, high = content["scale_min"], content["scale_max"]
    if low is None or high is None:
        return
    if not low < high <= low + 100:
        raise ValueError(
            _(
                "A scale goes from a lower to a higher number; received "
                "%(low)s–%(high)s.",
            )
            % {"low": low, "high": high},
        )
    detractor, promoter = content["detractor_max"], content["promoter_min"]
    if detractor is None and promoter is None:
        return
    if detractor is None or promoter is None or not low <= detractor < promoter <= high:
        raise ValueError(
            _("The cuts lie inside the scale, detractors below promoters."),
        )


def _texts(texts: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for wording in texts.values():
        for value in wording.values():
            if isinstance(value, str):
                yield value
            else:
                yield from (e if isinstance(e, str) else e[1] for e in value)


def _renamed(value: Any, old: str, new: str) -> Any:
    """Return a condition or settings with every mention of a question renamed."""
    if isinstance(value, list):
        return [_renamed(each, old, new) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: f"answer.{new}"
        if key == "fact" and each == f"answer.{old}"
        else new
        if key == "to" and each == old
        else _renamed(each, old, new)
        for key, each in value.items()
    }


def _rename(draft: InstrumentVersion, old: str, new: str) -> None:
    for item in draft.items.all():
        item.shown_if = _renamed(item.shown_if, old, new)
        item.settings = _renamed(item.settings, old, new)
        item.save(update_fields=["shown_if", "settings"])
    draft.pages = _renamed(draft.pages, old, new)
    draft.quotas = _renamed(draft.quotas, old, new)
    draft.save(update_fields=["pages", "quotas"])
