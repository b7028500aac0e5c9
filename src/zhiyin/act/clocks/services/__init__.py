"""Writes of calendars."""

from __future__ import annotations

from zhiyin.act.clocks.services.calendars import (
    Hours,
    add_days,
    add_public_holidays,
    delete_calendar,
    remove_day,
    save_calendar,
)

__all__ = [
    "Hours",
    "add_days",
    "add_public_holidays",
    "delete_calendar",
    "remove_day",
    "save_calendar",
]
