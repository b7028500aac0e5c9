"""Tables of recovery: what customers were told, asked again, and praised."""

from __future__ import annotations

from zhiyin.act.recovery.models.praise import EmployeeName, Praise
from zhiyin.act.recovery.models.remeasuring import LoopMark, Remeasurement
from zhiyin.act.recovery.models.telling import (
    SETTLED,
    CauseNews,
    ClosingText,
    LoopSettings,
    Telling,
    TellingState,
)

__all__ = [
    "SETTLED",
    "CauseNews",
    "ClosingText",
    "EmployeeName",
    "LoopMark",
    "LoopSettings",
    "Praise",
    "Remeasurement",
    "Telling",
    "TellingState",
]
