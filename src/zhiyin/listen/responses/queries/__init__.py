"""Reads about responses: visits to the answer page, lists, one answer in full."""

from __future__ import annotations

from zhiyin.listen.responses.queries.listing import (
    ResponseFilter,
    ResponsePage,
    ResponseRow,
    changed_since,
    changes_page,
    count_up_to,
    customers_behind,
    excluded_by_reason,
    link_name,
    narrowed,
    response_page,
    response_row,
    touchpoint_choices,
    touchpoint_names,
)
from zhiyin.listen.responses.queries.single import (
    AnswerShown,
    answers_shown,
    attributes_shown,
    history_of,
)
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
    given_answers,
    open_visit,
    preview_visit,
    version_shown,
    visit_base,
    visit_key,
)

__all__ = [
    "PAGE_SOURCE",
    "SENT_WITHIN_HOURS",
    "AnswerShown",
    "ResponseFilter",
    "ResponsePage",
    "ResponseRow",
    "Stamp",
    "Visit",
    "VisitRefusedError",
    "answers_shown",
    "attributes_shown",
    "changed_since",
    "changes_page",
    "count_up_to",
    "customers_behind",
    "excluded_by_reason",
    "given_answers",
    "history_of",
    "link_name",
    "make_stamp",
    "narrowed",
    "open_visit",
    "preview_visit",
    "read_stamp",
    "response_page",
    "response_row",
    "touchpoint_choices",
    "touchpoint_names",
    "version_shown",
    "visit_base",
    "visit_key",
]
