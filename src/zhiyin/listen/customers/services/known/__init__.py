"""Writing what is known about customers: wide tables as files, one row a customer."""

from __future__ import annotations

from zhiyin.listen.customers.services.known.forgetting import (
    forget_erased,
    note_erasure,
)
from zhiyin.listen.customers.services.known.publishing import (
    drop_unpublished,
    publish_part,
    withdraw_part,
)
from zhiyin.listen.customers.services.known.writing import KnownWriter

__all__ = [
    "KnownWriter",
    "drop_unpublished",
    "forget_erased",
    "note_erasure",
    "publish_part",
    "withdraw_part",
]
