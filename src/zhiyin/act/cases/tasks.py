"""Cases that the worker opens, escalates and finds owners for."""

from __future__ import annotations

from zhiyin.act.cases.services import (
    escalate_due,
    open_cases_for_alerts,
    sweep_files,
    tend_hand_overs,
    tend_owners,
)
from zhiyin.common import worker

OPEN_SECONDS = 1.0
CLOCK_SECONDS = 15.0
OWNER_SECONDS = 60.0
FILE_SECONDS = 3600.0


def register_tasks() -> None:
    """Tell the worker what there is to do."""
    worker.register("cases.open", OPEN_SECONDS, open_cases_for_alerts)
    worker.register("cases.escalate", CLOCK_SECONDS, escalate_due)
    worker.register("cases.hand_overs", CLOCK_SECONDS, tend_hand_overs)
    worker.register("cases.files", FILE_SECONDS, sweep_files)
    worker.register("cases.owners", OWNER_SECONDS, tend_owners)
