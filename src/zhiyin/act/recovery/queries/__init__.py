"""Reads of recovery: words, ways, praise, and the report of the loop."""

from __future__ import annotations

from zhiyin.act.recovery.queries.ways import settings_of, ways_for
from zhiyin.act.recovery.queries.words import (
    LANGUAGES,
    SLOTS,
    Words,
    draft_words,
    language_of,
    words_of,
)

__all__ = [
    "LANGUAGES",
    "SLOTS",
    "Words",
    "draft_words",
    "language_of",
    "settings_of",
    "ways_for",
    "words_of",
]
