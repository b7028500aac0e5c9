"""Background work: the database is the queue, and this is the loop that serves it.

An app registers a task in its `AppConfig.ready()`. A task looks for work in its own
tables, claims one piece by a conditional update, does it, and says whether it did
any. Every piece can be done twice without harm, and a killed worker's piece is taken
up again, because a claim carries a heartbeat and not a promise.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import close_old_connections

logger = logging.getLogger(__name__)

PAUSE_AFTER_ERROR_SECONDS = 30.0
LONGEST_SLEEP_SECONDS = 1.0


@dataclass
class Task:
    """A registered task and when it is due again (monotonic seconds)."""

    name: str
    every_seconds: float
    run_once: Callable[[], bool]
    due_at: float = field(default=0.0)

    def run(self, now: float) -> bool:
        """Run once; an error is logged and the task rests, the worker goes on."""
        close_old_connections()
        try:
            worked = self.run_once()
        except Exception:
            logger.exception("background task %s failed", self.name)
            self.due_at = now + max(self.every_seconds, PAUSE_AFTER_ERROR_SECONDS)
            return False
        self.due_at = now if worked else now + self.every_seconds
        return worked


_tasks: dict[str, Task] = {}


def register(name: str, every_seconds: float, run_once: Callable[[], bool]) -> None:
    """Add a task; registering a name again replaces it.

    `run_once` does at most one piece of work and returns True when there may be
    more, in which case it is called again at once.
    """
    _tasks[name] = Task(name, every_seconds, run_once)


def registered() -> list[Task]:
    """Return the tasks in the order of their names."""
    return [_tasks[name] for name in sorted(_tasks)]


def run_due_tasks() -> int:
    """Run every task that is due once; return how many did some work."""
    now = time.monotonic()
    due = [task for task in registered() if task.due_at <= now]
    return sum(task.run(now) for task in due)


def drain(limit: int = 1000) -> None:
    """Run all tasks, due or not, until none finds work; for tests and commands."""
    for _ in range(limit):
        if not any(task.run_once() for task in registered()):
            return


def work_until(stop: threading.Event) -> None:
    """Serve the queue until told to stop."""
    while not stop.is_set():
        if run_due_tasks() == 0:
            stop.wait(LONGEST_SLEEP_SECONDS)
    close_old_connections()
