"""Reads of accounts across tables."""

from __future__ import annotations

from zhiyin.accounts.queries.audit import (
    AuditFilter,
    audit_actions,
    audit_entries,
    audit_object_types,
    object_label,
)
from zhiyin.accounts.queries.departments import TreeRow, department_tree
from zhiyin.accounts.queries.people import PeopleFilter, has_second_step, people_of

__all__ = [
    "AuditFilter",
    "PeopleFilter",
    "TreeRow",
    "audit_actions",
    "audit_entries",
    "audit_object_types",
    "department_tree",
    "has_second_step",
    "object_label",
    "people_of",
]
