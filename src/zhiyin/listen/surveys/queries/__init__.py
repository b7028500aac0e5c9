"""Reads about surveys: standard questionnaires, wordings, what a page needs."""

from __future__ import annotations

from zhiyin.listen.surveys.queries.changes import Changes, changes_between
from zhiyin.listen.surveys.queries.completeness import (
    Gap,
    complete_languages,
    completeness,
    missing_texts,
)
from zhiyin.listen.surveys.queries.edits import (
    CONTENT,
    Edit,
    content_of,
    item_stamp,
    last_edit,
    pages_stamp,
    quotas_stamp,
    settings_stamp,
    texts_stamp,
)
from zhiyin.listen.surveys.queries.facts import (
    facts_of,
    item_label,
    items_referring_to,
)
from zhiyin.listen.surveys.queries.kinds import Traits, new_item_of, traits_of
from zhiyin.listen.surveys.queries.lists import (
    WordingRow,
    instruments_for_list,
    side_by_side,
)
from zhiyin.listen.surveys.queries.outline import (
    OutlinePage,
    outline,
    page_count,
    page_settings,
)
from zhiyin.listen.surveys.queries.snapshots import (
    ItemSnapshot,
    VersionSnapshot,
    published_version,
    snapshot,
)
from zhiyin.listen.surveys.queries.standard import (
    LANGUAGES,
    STANDARD_CODES,
    load_standard,
    standard_choices,
)
from zhiyin.listen.surveys.queries.wordings import SLOTS, fill, unknown_slots

__all__ = [
    "CONTENT",
    "LANGUAGES",
    "SLOTS",
    "STANDARD_CODES",
    "Changes",
    "Edit",
    "Gap",
    "ItemSnapshot",
    "OutlinePage",
    "Traits",
    "VersionSnapshot",
    "WordingRow",
    "changes_between",
    "complete_languages",
    "completeness",
    "content_of",
    "facts_of",
    "fill",
    "instruments_for_list",
    "item_label",
    "item_stamp",
    "items_referring_to",
    "last_edit",
    "load_standard",
    "missing_texts",
    "new_item_of",
    "outline",
    "page_count",
    "page_settings",
    "pages_stamp",
    "published_version",
    "quotas_stamp",
    "settings_stamp",
    "side_by_side",
    "snapshot",
    "standard_choices",
    "texts_stamp",
    "traits_of",
    "unknown_slots",
]
