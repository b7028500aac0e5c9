"""Tables of imports, and what a file's columns mean."""

from __future__ import annotations

from zhiyin.listen.imports.models.files import ImportFile
from zhiyin.listen.imports.models.imports import (
    ACTIVE,
    AT_REST,
    Import,
    ImportStatus,
)
from zhiyin.listen.imports.models.mappings import (
    ColumnRule,
    ImportMapping,
    Metric,
    Role,
)
from zhiyin.listen.imports.models.profiles import MappingProfile

__all__ = [
    "ACTIVE",
    "AT_REST",
    "ColumnRule",
    "Import",
    "ImportFile",
    "ImportMapping",
    "ImportStatus",
    "MappingProfile",
    "Metric",
    "Role",
]
