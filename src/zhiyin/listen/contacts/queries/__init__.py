"""Reads about contacts: the rules, what was asked before, what would have been."""

from __future__ import annotations

from zhiyin.listen.contacts.queries.fence import (
    PortabilityShown,
    fence_of,
    fenced_times,
    is_fenced,
    portability_shown,
    refuses_offers,
    strategies_of,
)
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
    "PortabilityShown",
    "Replayed",
    "Rules",
    "Wishes",
    "asked_before",
    "decide",
    "decisions",
    "fence_of",
    "fenced_times",
    "in_force",
    "is_fenced",
    "left_alone",
    "opted_out",
    "policy_in_force",
    "portability_shown",
    "refuses_offers",
    "replay",
    "rule_label",
    "strategies_of",
    "tally",
    "tiers_of",
]
