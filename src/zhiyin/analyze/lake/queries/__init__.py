"""Reads of the lake: `answers(organisation)` is what analysis starts from."""

from __future__ import annotations

from zhiyin.analyze.lake.queries.snapshots import EMPTY_VERSION, LakeSnapshot, answers

__all__ = ["EMPTY_VERSION", "LakeSnapshot", "answers"]
