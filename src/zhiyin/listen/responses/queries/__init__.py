"""Reads about responses: visits to the answer page, lists, one answer in full."""

from __future__ import annotations

from zhiyin.listen.responses.queries.stamps import (
    SENT_WITHIN_HOURS,
    Stamp,
    make_stamp,
    read_stamp,
)
from zhiyin.listen.responses.queries.visits import (
    PAGE_SOURCE,
    Visit,
    VisitRefusedError,
    followup_items,
    given_answers,
    open_visit,
    preview_visit,
    visit_key,
)

__all__ = [
    "PAGE_SOURCE",
    "SENT_WITHIN_HOURS",
    "Stamp",
    "Visit",
    "VisitRefusedError",
    "followup_items",
    "given_answers",
    "make_stamp",
    "open_visit",
    "preview_visit",
    "read_stamp",
    "visit_key",
]
