"""What the worker does for responses."""

from __future__ import annotations

from zhiyin.common import worker
from zhiyin.listen.responses.services import texting, traits


def register_tasks() -> None:
    """Tell the worker what there is to do and how often to look."""
    worker.register("responses.read_replies", 2.0, texting.read_replies)
    worker.register("responses.keep_fields", 30.0, traits.keep_answered_fields)
