"""Reads of cases."""

from __future__ import annotations

from zhiyin.act.cases.queries.clocks import Clock, running_clocks
from zhiyin.act.cases.queries.needs import (
    FACTS,
    may_be_unreachable,
    missing_facts,
    settings_of,
)
from zhiyin.act.cases.queries.owners import fallback_owner, possible_owners

__all__ = [
    "FACTS",
    "Clock",
    "fallback_owner",
    "may_be_unreachable",
    "missing_facts",
    "possible_owners",
    "running_clocks",
    "settings_of",
]
