"""Writes about contacts: the policy, suppressions, and every decision."""

from __future__ import annotations

from zhiyin.listen.contacts.services.decisions import (
    Purpose,
    decide_contacts,
    note_answer,
)
from zhiyin.listen.contacts.services.policy import (
    lift_suppression,
    save_policy,
    suppress_customer,
)

__all__ = [
    "Purpose",
    "decide_contacts",
    "lift_suppression",
    "note_answer",
    "save_policy",
    "suppress_customer",
]
