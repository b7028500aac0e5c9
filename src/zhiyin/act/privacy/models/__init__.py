"""Tables of data protection."""

from __future__ import annotations

from zhiyin.act.privacy.models.erasures import Erasure, ErasureState, ErasureStep
from zhiyin.act.privacy.models.requests import (
    CLOSED,
    IdentityCode,
    PrivacySetting,
    RequestKind,
    RequestNote,
    RequestState,
    RequestWay,
    SubjectRequest,
)
from zhiyin.act.privacy.models.retention import RetentionRule, RetentionRun, RunState

__all__ = [
    "CLOSED",
    "Erasure",
    "ErasureState",
    "ErasureStep",
    "IdentityCode",
    "PrivacySetting",
    "RequestKind",
    "RequestNote",
    "RequestState",
    "RequestWay",
    "RetentionRule",
    "RetentionRun",
    "RunState",
    "SubjectRequest",
]
