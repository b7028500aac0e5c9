"""What the worker does for channels."""

from __future__ import annotations

from zhiyin.channels import services
from zhiyin.common import worker

_SWEEP_SECONDS = 30.0
_POLL_SECONDS = 10.0
_HOUR_SECONDS = 3600.0


def register_tasks() -> None:
    """Tell the worker what there is to do and how often to look."""
    worker.register("channels.send_due", 1.0, services.send_due)
    worker.register("channels.give_up_claims", _SWEEP_SECONDS, services.give_up_claims)
    worker.register("channels.expire", _SWEEP_SECONDS, services.expire_messages)
    worker.register("channels.call_webhooks", 1.0, services.call_due)
    worker.register(
        "channels.forget_webhook_calls",
        _HOUR_SECONDS,
        services.forget_old_deliveries,
    )
    worker.register("channels.poll", _POLL_SECONDS, services.poll_accounts)
