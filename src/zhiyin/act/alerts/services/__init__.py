"""Writes of alerts."""

from __future__ import annotations

from zhiyin.act.alerts.services.events import screen_events
from zhiyin.act.alerts.services.handling import (
    dismiss_alert,
    note_cases,
    restore_alert,
)
from zhiyin.act.alerts.services.rules import (
    delete_rule,
    save_rule,
    switch_off,
    switch_on,
)
from zhiyin.act.alerts.services.screening import screen_answers
from zhiyin.act.alerts.services.silence import watch_silence
from zhiyin.act.alerts.services.standard import (
    begin_with_standard_rules,
    load_standard_rules,
)
from zhiyin.act.alerts.services.telling import tell_alerts

__all__ = [
    "begin_with_standard_rules",
    "delete_rule",
    "dismiss_alert",
    "load_standard_rules",
    "note_cases",
    "restore_alert",
    "save_rule",
    "screen_answers",
    "screen_events",
    "switch_off",
    "switch_on",
    "tell_alerts",
    "watch_silence",
]
