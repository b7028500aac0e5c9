"""Reads about surveys: standard questionnaires, wordings, what a page needs."""

from __future__ import annotations

from zhiyin.listen.surveys.queries.completeness import (
    Gap,
    complete_languages,
    completeness,
    missing_texts,
)
from zhiyin.listen.surveys.queries.lists import (
    WordingRow,
    instruments_for_list,
    side_by_side,
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
    "LANGUAGES",
    "SLOTS",
    "STANDARD_CODES",
    "Gap",
    "ItemSnapshot",
    "VersionSnapshot",
    "WordingRow",
    "complete_languages",
    "completeness",
    "fill",
    "instruments_for_list",
    "load_standard",
    "missing_texts",
    "published_version",
    "side_by_side",
    "snapshot",
    "standard_choices",
    "unknown_slots",
]
