"""Writes about responses: save, edit, exclude, restore, erase."""

from __future__ import annotations

from zhiyin.listen.responses.models import ExclusionReason
from zhiyin.listen.responses.services.cleaning import (
    exclude_responses,
    exclusion_label,
    restore_responses,
)
from zhiyin.listen.responses.services.erasure import (
    ErasureRefusedError,
    erase_response,
)
from zhiyin.listen.responses.services.followups import Outcome, Sheet, save_page
from zhiyin.listen.responses.services.quotas import quota_that_is_full
from zhiyin.listen.responses.services.receiving import (
    GivenResponse,
    receive_response,
)
from zhiyin.listen.responses.services.replies import TIMES, Reply, times_of
from zhiyin.listen.responses.services.scores import (
    AlreadyAnsweredError,
    Occasion,
    begin_response,
    save_score,
)

__all__ = [
    "TIMES",
    "AlreadyAnsweredError",
    "ErasureRefusedError",
    "ExclusionReason",
    "GivenResponse",
    "Occasion",
    "Outcome",
    "Reply",
    "Sheet",
    "begin_response",
    "erase_response",
    "exclude_responses",
    "exclusion_label",
    "quota_that_is_full",
    "receive_response",
    "restore_responses",
    "save_page",
    "save_score",
    "times_of",
]
