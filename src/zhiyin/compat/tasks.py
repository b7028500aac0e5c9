"""What the worker does for other programs."""

from __future__ import annotations

from zhiyin.common import worker
from zhiyin.compat.services.announcing import announce
from zhiyin.compat.services.forgetting import forget_gone_customers

EVERY_SECONDS = 2.0
FORGET_SECONDS = 600.0


def register_tasks() -> None:
    """Tell the worker to look for what webhooks are to be told."""
    worker.register("compat.announce", EVERY_SECONDS, announce)
    worker.register("compat.forget_gone", FORGET_SECONDS, forget_gone_customers)
