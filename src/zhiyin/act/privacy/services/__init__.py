"""Writes of data protection: requests, copies, erasures, retention."""

from __future__ import annotations

from zhiyin.act.privacy.services.copying import download_copy
from zhiyin.act.privacy.services.erasing import (
    WAITS_FOR,
    ErasureBlockedError,
    hold_on,
    start_erasure,
    why_not,
    work_next,
)
from zhiyin.act.privacy.services.filing import (
    FilingRefusedError,
    begin_filing,
    count_try,
    finish_filing,
    forget_codes,
)
from zhiyin.act.privacy.services.incidents import (
    count_persons,
    report_incident,
    take_step,
)
from zhiyin.act.privacy.services.purging import (
    RetentionTooShortError,
    purge_next,
    purge_nightly,
    schedule_of,
    set_retention,
    start_purge,
)
from zhiyin.act.privacy.services.registers import (
    RegisterRefusedError,
    approve_assessment,
    fields_of,
    save_assessment,
    save_processor,
    turn_field_on,
    withdraw_assessment,
)
from zhiyin.act.privacy.services.reminding import remind_owners
from zhiyin.act.privacy.services.requests import (
    NewRequest,
    RequestRefusedError,
    add_note,
    assign,
    close_request,
    customer_named,
    identify,
    receive_request,
    save_settings,
    settings_of,
)

__all__ = [
    "WAITS_FOR",
    "ErasureBlockedError",
    "FilingRefusedError",
    "NewRequest",
    "RegisterRefusedError",
    "RequestRefusedError",
    "RetentionTooShortError",
    "add_note",
    "approve_assessment",
    "assign",
    "begin_filing",
    "close_request",
    "count_persons",
    "count_try",
    "customer_named",
    "download_copy",
    "fields_of",
    "finish_filing",
    "forget_codes",
    "hold_on",
    "identify",
    "purge_next",
    "purge_nightly",
    "receive_request",
    "remind_owners",
    "report_incident",
    "save_assessment",
    "save_processor",
    "save_settings",
    "schedule_of",
    "set_retention",
    "settings_of",
    "start_erasure",
    "start_purge",
    "take_step",
    "turn_field_on",
    "why_not",
    "withdraw_assessment",
    "work_next",
]
