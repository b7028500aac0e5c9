"""Writes about surveys: make, edit into the next version, publish, archive."""

from __future__ import annotations

from zhiyin.listen.surveys.services.drafts import (
    DraftChangedError,
    ItemGoneError,
    VersionFrozenError,
)
from zhiyin.listen.surveys.services.instruments import (
    CodeTakenError,
    archive_instrument,
    create_instrument,
    create_standard_instrument,
)
from zhiyin.listen.surveys.services.items import (
    add_item,
    change_item,
    delete_item,
    duplicate_item,
    restore_item,
    was_published,
)
from zhiyin.listen.surveys.services.layout import (
    PageSettings,
    add_page,
    change_page,
    merge_page,
    move_item,
    shift_item,
    split_page,
)
from zhiyin.listen.surveys.services.settings import (
    DraftSettings,
    LanguageTexts,
    change_quotas,
    change_settings,
    change_texts,
)
from zhiyin.listen.surveys.services.versions import (
    FindingsError,
    VersionIncompleteError,
    discard_draft,
    publish_version,
    start_draft,
)

__all__ = [
    "CodeTakenError",
    "DraftChangedError",
    "DraftSettings",
    "FindingsError",
    "ItemGoneError",
    "LanguageTexts",
    "PageSettings",
    "VersionFrozenError",
    "VersionIncompleteError",
    "add_item",
    "add_page",
    "archive_instrument",
    "change_item",
    "change_page",
    "change_quotas",
    "change_settings",
    "change_texts",
    "create_instrument",
    "create_standard_instrument",
    "delete_item",
    "discard_draft",
    "duplicate_item",
    "merge_page",
    "move_item",
    "publish_version",
    "restore_item",
    "shift_item",
    "split_page",
    "start_draft",
    "was_published",
]
