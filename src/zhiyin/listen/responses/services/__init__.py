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
from zhiyin.listen.responses.services.followups import Reply, update_answer
from zhiyin.listen.responses.services.receiving import (
    GivenResponse,
    receive_response,
)
from zhiyin.listen.responses.services.scores import Occasion, save_score

__all__ = [
    "ErasureRefusedError",
    "ExclusionReason",
    "GivenResponse",
    "Occasion",
    "Reply",
    "erase_response",
    "exclude_responses",
    "exclusion_label",
    "receive_response",
    "restore_responses",
    "save_score",
    "update_answer",
]
