"""Writes about quality: cleaning, weights, audit samples."""

from __future__ import annotations

from zhiyin.listen.quality.services.auditing import (
    NothingToCheckError,
    draw_sample,
    record_check,
)
from zhiyin.listen.quality.services.cleaning import (
    ask_to_apply,
    ask_to_undo,
    plan_of,
    save_plan,
    start_nightly_runs,
    start_run,
    work_next,
)
from zhiyin.listen.quality.services.hits_file import export_hits
from zhiyin.listen.quality.services.weighting import apply_weights, undo_weights

__all__ = [
    "NothingToCheckError",
    "apply_weights",
    "ask_to_apply",
    "ask_to_undo",
    "draw_sample",
    "export_hits",
    "plan_of",
    "record_check",
    "save_plan",
    "start_nightly_runs",
    "start_run",
    "undo_weights",
    "work_next",
]
