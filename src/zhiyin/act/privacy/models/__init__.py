"""Tables of data protection."""

from __future__ import annotations

from zhiyin.act.privacy.models.erasures import Erasure, ErasureState, ErasureStep
from zhiyin.act.privacy.models.registers import (
    Assessment,
    AssessmentKind,
    AssessmentState,
    Incident,
    IncidentNote,
    IncidentPerson,
    IncidentState,
    IncidentStep,
    Processor,
    ProcessorRole,
)
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
    "Assessment",
    "AssessmentKind",
    "AssessmentState",
    "Erasure",
    "ErasureState",
    "ErasureStep",
    "IdentityCode",
    "Incident",
    "IncidentNote",
    "IncidentPerson",
    "IncidentState",
    "IncidentStep",
    "PrivacySetting",
    "Processor",
    "ProcessorRole",
    "RequestKind",
    "RequestNote",
    "RequestState",
    "RequestWay",
    "RetentionRule",
    "RetentionRun",
    "RunState",
    "SubjectRequest",
]
