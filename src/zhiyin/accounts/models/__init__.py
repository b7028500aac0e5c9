"""Tables of accounts."""

from __future__ import annotations

from zhiyin.accounts.models.access import OrganisationOwned, VisibleQuerySet
from zhiyin.accounts.models.audit import AuditEntry, EntryIsFinalError
from zhiyin.accounts.models.control import (
    Approval,
    ApprovalState,
    Content,
    ExportRecord,
)
from zhiyin.accounts.models.keys import EVERYTHING, ApiToken, IdempotentCall, Scope
from zhiyin.accounts.models.organisations import (
    Department,
    Organisation,
    OrganisationErasure,
)
from zhiyin.accounts.models.people import (
    ColleagueInvitation,
    Person,
    RoleAssignment,
    StaffRequest,
    Theme,
)
from zhiyin.accounts.models.roles import (
    DEPARTMENT_ROLES,
    PERMISSIONS,
    Permission,
    Role,
)
from zhiyin.accounts.models.seals import (
    AuditCheck,
    AuditSeal,
    ChainFault,
    pack_marks,
)

__all__ = [
    "DEPARTMENT_ROLES",
    "EVERYTHING",
    "PERMISSIONS",
    "ApiToken",
    "Approval",
    "ApprovalState",
    "AuditCheck",
    "AuditEntry",
    "AuditSeal",
    "ChainFault",
    "ColleagueInvitation",
    "Content",
    "Department",
    "EntryIsFinalError",
    "ExportRecord",
    "IdempotentCall",
    "Organisation",
    "OrganisationErasure",
    "OrganisationOwned",
    "Permission",
    "Person",
    "Role",
    "RoleAssignment",
    "Scope",
    "StaffRequest",
    "Theme",
    "VisibleQuerySet",
    "pack_marks",
]
