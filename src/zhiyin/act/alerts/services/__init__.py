"""Writes of alerts."""

from __future__ import annotations

from zhiyin.act.alerts.services.handling import (
    dismiss_alert,
    note_case,
    restore_alert,
)

__all__ = [
    "dismiss_alert",
    "note_case",
    "restore_alert",
]
