"""What the worker does for accounts."""

from __future__ import annotations

from zhiyin.accounts import services
from zhiyin.common import worker

_SEAL_SECONDS = 20.0
_CHECK_SECONDS = 3.0
_MINUTE_SECONDS = 60.0


def register_tasks() -> None:
    """Tell the worker what there is to do and how often to look."""
    worker.register("accounts.seals", _SEAL_SECONDS, services.seal_entries)
    worker.register("accounts.audit_check", _CHECK_SECONDS, services.check_next)
    worker.register("accounts.approvals", _MINUTE_SECONDS, services.expire_approvals)
