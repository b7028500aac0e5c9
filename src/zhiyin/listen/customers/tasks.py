"""What the worker does for customers."""

from __future__ import annotations

from zhiyin.common import worker
from zhiyin.listen.customers.services.known import forget_erased


def register_tasks() -> None:
    """Tell the worker what there is to do and how often to look."""
    worker.register("customers.forget", 10.0, forget_erased)
