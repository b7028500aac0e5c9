"""Writes of the lake."""

from __future__ import annotations

from zhiyin.analyze.lake.services.holdings import clean_until, latest_change
from zhiyin.analyze.lake.services.requests import request_rebuild, request_sync
from zhiyin.analyze.lake.services.sync import (
    Outcome,
    SyncReport,
    rebuild_organisation,
    sync_organisation,
)

__all__ = [
    "Outcome",
    "SyncReport",
    "clean_until",
    "latest_change",
    "rebuild_organisation",
    "request_rebuild",
    "request_sync",
    "sync_organisation",
]
