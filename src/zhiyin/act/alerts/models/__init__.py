"""Tables of alerts."""

from __future__ import annotations

from zhiyin.act.alerts.models.alerts import Alert, AlertHit
from zhiyin.act.alerts.models.marks import ScreeningMark, WaitingAnswer
from zhiyin.act.alerts.models.rules import (
    OWNER_STEPS,
    AlertRule,
    OwnerStep,
    RuleKind,
)

__all__ = [
    "OWNER_STEPS",
    "Alert",
    "AlertHit",
    "AlertRule",
    "OwnerStep",
    "RuleKind",
    "ScreeningMark",
    "WaitingAnswer",
]
