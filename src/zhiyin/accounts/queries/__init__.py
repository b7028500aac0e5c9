"""Reads of accounts across tables."""

from __future__ import annotations

from zhiyin.accounts.queries.audit import (
    AuditFilter,
    audit_actions,
    audit_entries,
    audit_object_types,
    object_label,
)
from zhiyin.accounts.queries.control import (
    approvals_of,
    approvals_waiting_for,
    export_kinds,
    exports_holding,
    exports_of,
    people_who_approve,
)
from zhiyin.accounts.queries.departments import TreeRow, department_tree
from zhiyin.accounts.queries.people import PeopleFilter, has_second_step, people_of

__all__ = [
    "AuditFilter",
    "PeopleFilter",
    "TreeRow",
    "approvals_of",
    "approvals_waiting_for",
    "audit_actions",
    "audit_entries",
    "audit_object_types",
    "department_tree",
    "export_kinds",
    "exports_holding",
    "exports_of",
    "has_second_step",
    "object_label",
    "people_of",
    "people_who_approve",
]
