"""Writes of cases."""

from __future__ import annotations

from zhiyin.act.cases.services.answering import (
    Facts,
    MissingFactsError,
    Pledge,
    close_case,
    explain_case,
    record_causes,
    record_facts,
    refuse_verification,
    reopen_case,
    resolve_case,
    verify_case,
)
from zhiyin.act.cases.services.bulk import (
    acknowledge_many,
    assign_many,
    change_level_many,
    merge_many,
    undo_bulk,
)
from zhiyin.act.cases.services.compensating import Gift, record_compensation
from zhiyin.act.cases.services.defaults import load_defaults
from zhiyin.act.cases.services.erasing import erase_customer_from_cases
from zhiyin.act.cases.services.files import (
    attach_file,
    delete_file,
    open_attachment,
    sweep_files,
)
from zhiyin.act.cases.services.from_alerts import open_cases_for_alerts
from zhiyin.act.cases.services.handing_over import (
    answer_hand_over,
    ask_hand_over,
    decide_hand_over,
    withdraw_hand_over,
)
from zhiyin.act.cases.services.merging import merge_cases
from zhiyin.act.cases.services.opening import Matter, open_case, open_cases
from zhiyin.act.cases.services.owning import acknowledge_case, assign_case, change_level
from zhiyin.act.cases.services.promising import (
    keep_promise,
    make_promise,
    update_customer,
)
from zhiyin.act.cases.services.tending import escalate_due, tend_hand_overs, tend_owners
from zhiyin.act.cases.services.working import (
    Contact,
    comment_case,
    log_contact,
    move_case,
)
from zhiyin.act.cases.services.writing import CaseError, CaseMovedOnError, changing

__all__ = [
    "CaseError",
    "CaseMovedOnError",
    "Contact",
    "Facts",
    "Gift",
    "Matter",
    "MissingFactsError",
    "Pledge",
    "acknowledge_case",
    "acknowledge_many",
    "answer_hand_over",
    "ask_hand_over",
    "assign_case",
    "assign_many",
    "attach_file",
    "change_level",
    "change_level_many",
    "changing",
    "close_case",
    "comment_case",
    "decide_hand_over",
    "delete_file",
    "erase_customer_from_cases",
    "escalate_due",
    "explain_case",
    "keep_promise",
    "load_defaults",
    "log_contact",
    "make_promise",
    "merge_cases",
    "merge_many",
    "move_case",
    "open_attachment",
    "open_case",
    "open_cases",
    "open_cases_for_alerts",
    "record_causes",
    "record_compensation",
    "record_facts",
    "refuse_verification",
    "reopen_case",
    "resolve_case",
    "sweep_files",
    "tend_hand_overs",
    "tend_owners",
    "undo_bulk",
    "update_customer",
    "verify_case",
    "withdraw_hand_over",
]
