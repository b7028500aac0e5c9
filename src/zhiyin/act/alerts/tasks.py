"""What the worker does for alerts."""

from __future__ import annotations

from zhiyin.act.alerts.services import (
    begin_with_standard_rules,
    screen_answers,
    screen_events,
    tell_alerts,
    watch_silence,
)
from zhiyin.common import worker


def register_tasks() -> None:
    """Tell the worker to screen answers and events, watch silence, tell of alerts."""
    worker.register("alerts.screen", 0.5, screen_answers)
    worker.register("alerts.screen_events", 0.5, screen_events)
    worker.register("alerts.tell", 0.5, tell_alerts)
    worker.register("alerts.silence", 60.0, watch_silence)
    worker.register("alerts.begin", 60.0, begin_with_standard_rules)
