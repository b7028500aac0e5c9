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
from zhiyin.act.privacy.services.purging import (
    RetentionTooShortError,
    purge_next,
    purge_nightly,
    schedule_of,
    set_retention,
    start_purge,
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
    "RequestRefusedError",
    "RetentionTooShortError",
    "add_note",
    "assign",
    "begin_filing",
    "close_request",
    "count_try",
    "customer_named",
    "download_copy",
    "finish_filing",
    "forget_codes",
    "hold_on",
    "identify",
    "purge_next",
    "purge_nightly",
    "receive_request",
    "remind_owners",
    "save_settings",
    "schedule_of",
    "set_retention",
    "settings_of",
    "start_erasure",
    "start_purge",
    "why_not",
    "work_next",
]
