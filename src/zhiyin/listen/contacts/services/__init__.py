"""Writes about contacts: the policy, suppressions, and every decision."""

from __future__ import annotations

from zhiyin.listen.contacts.services.decisions import (
    Judged,
    Purpose,
    decide_contacts,
    judge_contacts,
    log_unjudged,
    note_answer,
    note_unreached,
)
from zhiyin.listen.contacts.services.fence import (
    FenceRefusedError,
    portability_refusal,
    save_fence,
    save_strategy,
)
from zhiyin.listen.contacts.services.log_file import export_decisions
from zhiyin.listen.contacts.services.minors import leave_minors_alone
from zhiyin.listen.contacts.services.notices import judge_notices
from zhiyin.listen.contacts.services.policy import (
    lift_suppression,
    save_policy,
    suppress_customer,
    suppress_customers,
)

__all__ = [
    "FenceRefusedError",
    "Judged",
    "Purpose",
    "decide_contacts",
    "export_decisions",
    "judge_contacts",
    "judge_notices",
    "leave_minors_alone",
    "lift_suppression",
    "log_unjudged",
    "note_answer",
    "note_unreached",
    "portability_refusal",
    "save_fence",
    "save_policy",
    "save_strategy",
    "suppress_customer",
    "suppress_customers",
]
