"""Writes of accounts: organisations, departments, people, and the audit log."""

from __future__ import annotations

from zhiyin.accounts.services.audit import (
    act_as,
    action_label,
    begin_audit,
    finish_audit,
    name_actions,
    record,
    record_request,
    recorded_so_far,
)
from zhiyin.accounts.services.departments import add_department
from zhiyin.accounts.services.organisations import create_organisation
from zhiyin.accounts.services.people import Grant, add_person, give_role

__all__ = [
    "Grant",
    "act_as",
    "action_label",
    "add_department",
    "add_person",
    "begin_audit",
    "create_organisation",
    "finish_audit",
    "give_role",
    "name_actions",
    "record",
    "record_request",
    "recorded_so_far",
]
