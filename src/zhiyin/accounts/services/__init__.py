"""Writes of accounts: organisations, departments, people, and the audit log."""

from __future__ import annotations

from zhiyin.accounts.services.audit import (
    begin_audit,
    finish_audit,
    record,
    record_request,
)
from zhiyin.accounts.services.departments import add_department
from zhiyin.accounts.services.organisations import create_organisation
from zhiyin.accounts.services.people import Grant, add_person, give_role

__all__ = [
    "Grant",
    "add_department",
    "add_person",
    "begin_audit",
    "create_organisation",
    "finish_audit",
    "give_role",
    "record",
    "record_request",
]
