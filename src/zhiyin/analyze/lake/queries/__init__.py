"""Reads of the lake: `answers(organisation)` is what analysis starts from."""

from __future__ import annotations

from zhiyin.analyze.lake.queries.snapshots import EMPTY_VERSION, LakeSnapshot, answers
from zhiyin.analyze.lake.queries.status import LakeStatus, status

__all__ = ["EMPTY_VERSION", "LakeSnapshot", "LakeStatus", "answers", "status"]
