"""Reads about quality: the rules, answers in columns, and what the rules change."""

from __future__ import annotations

from zhiyin.listen.quality.queries.effects import effect_of
from zhiyin.listen.quality.queries.reading import answers_between, bounds
from zhiyin.listen.quality.queries.rules import DEFAULTS, Answers, judge, settings_of
from zhiyin.listen.quality.queries.runs import hits_seen_by, run_rows

__all__ = [
    "DEFAULTS",
    "Answers",
    "answers_between",
    "bounds",
    "effect_of",
    "hits_seen_by",
    "judge",
    "run_rows",
    "settings_of",
]
