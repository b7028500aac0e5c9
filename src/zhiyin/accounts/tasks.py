"""What the worker does for accounts."""

from __future__ import annotations

from zhiyin.accounts import services
from zhiyin.common import worker

_MINUTE_SECONDS = 60.0


def register_tasks() -> None:
    """Tell the worker what there is to do and how often to look."""
    worker.register("accounts.approvals", _MINUTE_SECONDS, services.expire_approvals)
