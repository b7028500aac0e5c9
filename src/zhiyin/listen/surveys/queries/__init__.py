"""Reads about surveys: standard questionnaires, wordings, what a page needs."""

from __future__ import annotations

from zhiyin.listen.surveys.queries.completeness import (
    Gap,
    complete_languages,
    completeness,
    missing_texts,
)
from zhiyin.listen.surveys.queries.snapshots import (
    ItemSnapshot,
    VersionSnapshot,
    published_version,
    snapshot,
)
from zhiyin.listen.surveys.queries.standard import (
    STANDARD_CODES,
    load_standard,
    standard_choices,
)
from zhiyin.listen.surveys.queries.wordings import SLOTS, fill, unknown_slots

__all__ = [
    "SLOTS",
    "STANDARD_CODES",
    "Gap",
    "ItemSnapshot",
    "VersionSnapshot",
    "complete_languages",
    "completeness",
    "fill",
    "load_standard",
    "missing_texts",
    "published_version",
    "snapshot",
    "standard_choices",
    "unknown_slots",
]
