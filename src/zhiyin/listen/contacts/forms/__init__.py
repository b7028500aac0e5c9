"""The policy as a form, customers to leave alone, and the filters of the log."""

from __future__ import annotations

from zhiyin.listen.contacts.forms.log import (
    ListForm,
    LogForm,
    SuppressionForm,
    find_customer,
)
from zhiyin.listen.contacts.forms.policy import PolicyForm

__all__ = ["ListForm", "LogForm", "PolicyForm", "SuppressionForm", "find_customer"]
