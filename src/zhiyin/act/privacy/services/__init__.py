"""Writes of data protection: requests, copies, erasures, retention."""

from __future__ import annotations

from zhiyin.act.privacy.services.erasing import (
    ErasureBlockedError,
    hold_on,
    start_erasure,
    why_not,
    work_next,
)

__all__ = [
    "ErasureBlockedError",
    "hold_on",
    "start_erasure",
    "why_not",
    "work_next",
]
