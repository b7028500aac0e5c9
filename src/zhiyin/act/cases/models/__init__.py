"""Tables of cases."""

from __future__ import annotations

from zhiyin.act.cases.models.cases import Case, CaseQuerySet, ContactResult, Source
from zhiyin.act.cases.models.journal import (
    BulkAction,
    CaseCounter,
    CaseEvent,
    Escalation,
    JournalIsFinalError,
)
from zhiyin.act.cases.models.records import (
    Attachment,
    AttemptResult,
    CaseCause,
    CaseComment,
    Compensation,
    CompensationKind,
    ContactAttempt,
    ContactWay,
    DayPart,
    HandOver,
    HandOverState,
    Promise,
)
from zhiyin.act.cases.models.rules import (
    CaseLevel,
    CaseSettings,
    Cause,
    NeedType,
    PriorityRule,
    Script,
    in_words,
)
from zhiyin.act.cases.models.states import (
    ENDED,
    MOVES,
    OUTCOME_OF,
    OVER,
    Outcome,
    State,
    may_move,
    moves_from,
)

__all__ = [
    "ENDED",
    "MOVES",
    "OUTCOME_OF",
    "OVER",
    "Attachment",
    "AttemptResult",
    "BulkAction",
    "Case",
    "CaseCause",
    "CaseComment",
    "CaseCounter",
    "CaseEvent",
    "CaseLevel",
    "CaseQuerySet",
    "CaseSettings",
    "Cause",
    "Compensation",
    "CompensationKind",
    "ContactAttempt",
    "ContactResult",
    "ContactWay",
    "DayPart",
    "Escalation",
    "HandOver",
    "HandOverState",
    "JournalIsFinalError",
    "NeedType",
    "Outcome",
    "PriorityRule",
    "Promise",
    "Script",
    "Source",
    "State",
    "in_words",
    "may_move",
    "moves_from",
]
