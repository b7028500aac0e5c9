"""Tables of imports, and what a file's columns mean."""

from __future__ import annotations

from zhiyin.listen.imports.models.files import ImportFile
from zhiyin.listen.imports.models.imports import (
    ACTIVE,
    AT_REST,
    Import,
    ImportKind,
    ImportStatus,
)
from zhiyin.listen.imports.models.mappings import (
    ColumnRule,
    ImportMapping,
    Metric,
    Role,
)
from zhiyin.listen.imports.models.profiles import MappingProfile
from zhiyin.listen.imports.models.tables import (
    CUSTOMER_ROLES,
    EVENT_ROLES,
    FEEDBACK_ROLES,
    TableRole,
)

__all__ = [
    "ACTIVE",
    "AT_REST",
    "CUSTOMER_ROLES",
    "EVENT_ROLES",
    "FEEDBACK_ROLES",
    "ColumnRule",
    "Import",
    "ImportFile",
    "ImportKind",
    "ImportMapping",
    "ImportStatus",
    "MappingProfile",
    "Metric",
    "Role",
    "TableRole",
]
