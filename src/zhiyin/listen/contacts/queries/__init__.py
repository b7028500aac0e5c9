"""Reads about contacts: the rules, what was asked before, what would have been."""

from __future__ import annotations

from zhiyin.listen.contacts.queries.history import (
    asked_before,
    in_force,
    opted_out,
    policy_in_force,
    suppressed,
)
from zhiyin.listen.contacts.queries.log import (
    LogFilter,
    decisions,
    rule_label,
    tally,
)
from zhiyin.listen.contacts.queries.replay import Replayed, replay
from zhiyin.listen.contacts.queries.rules import Decided, Rules, Wishes, decide

__all__ = [
    "Decided",
    "LogFilter",
    "Replayed",
    "Rules",
    "Wishes",
    "asked_before",
    "decide",
    "decisions",
    "in_force",
    "opted_out",
    "policy_in_force",
    "replay",
    "rule_label",
    "suppressed",
    "tally",
]
