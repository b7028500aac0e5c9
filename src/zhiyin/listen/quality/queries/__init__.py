"""Reads about quality: the rules, answers in columns, and what the rules change."""

from __future__ import annotations

from zhiyin.listen.quality.queries.auditing import cases_seen_by, report_of
from zhiyin.listen.quality.queries.base import Base, BaseError, base_of, read_base
from zhiyin.listen.quality.queries.effects import effect_of
from zhiyin.listen.quality.queries.reading import answers_between, bounds
from zhiyin.listen.quality.queries.representing import (
    FieldReport,
    Sample,
    Selection,
    compare,
    read_sample,
    unreached,
    weigh,
    weighting_effect,
)
from zhiyin.listen.quality.queries.rules import DEFAULTS, Answers, judge, settings_of
from zhiyin.listen.quality.queries.runs import hits_seen_by, run_rows

__all__ = [
    "DEFAULTS",
    "Answers",
    "Base",
    "BaseError",
    "FieldReport",
    "Sample",
    "Selection",
    "answers_between",
    "base_of",
    "bounds",
    "cases_seen_by",
    "compare",
    "effect_of",
    "hits_seen_by",
    "judge",
    "read_base",
    "read_sample",
    "report_of",
    "run_rows",
    "settings_of",
    "unreached",
    "weigh",
    "weighting_effect",
]
