"""Reads about contacts: the rules, what was asked before, what would have been."""

from __future__ import annotations

from zhiyin.listen.contacts.queries.history import (
    asked_before,
    in_force,
    policy_in_force,
)
from zhiyin.listen.contacts.queries.left_alone import left_alone
from zhiyin.listen.contacts.queries.log import (
    LogFilter,
    decisions,
    rule_label,
    tally,
)
from zhiyin.listen.contacts.queries.refusals import opted_out
from zhiyin.listen.contacts.queries.replay import Replayed, replay
from zhiyin.listen.contacts.queries.rules import Decided, Rules, Wishes, decide
from zhiyin.listen.contacts.queries.tiers import tiers_of

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
    "left_alone",
    "opted_out",
    "policy_in_force",
    "replay",
    "rule_label",
    "tally",
    "tiers_of",
]
