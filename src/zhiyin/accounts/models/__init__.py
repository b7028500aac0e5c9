"""Tables of accounts."""

from __future__ import annotations

from zhiyin.accounts.models.access import OrganisationOwned, VisibleQuerySet
from zhiyin.accounts.models.audit import AuditEntry
from zhiyin.accounts.models.organisations import Department, Organisation
from zhiyin.accounts.models.people import (
    ApiToken,
    ColleagueInvitation,
    Person,
    RoleAssignment,
)
from zhiyin.accounts.models.roles import PERMISSIONS, Permission, Role

__all__ = [
    "PERMISSIONS",
    "ApiToken",
    "AuditEntry",
    "ColleagueInvitation",
    "Department",
    "Organisation",
    "OrganisationOwned",
    "Permission",
    "Person",
    "Role",
    "RoleAssignment",
    "VisibleQuerySet",
]
