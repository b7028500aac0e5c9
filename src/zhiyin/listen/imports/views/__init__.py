"""Pages of imports."""

from __future__ import annotations

from zhiyin.listen.imports.views.mapping import mapping, preview, review
from zhiyin.listen.imports.views.profiles import delete_profile, profiles
from zhiyin.listen.imports.views.results import (
    again,
    cancel,
    detail,
    discard,
    rejected,
    retry,
    status,
    undo,
)
from zhiyin.listen.imports.views.uploads import imports, upload

__all__ = [
    "again",
    "cancel",
    "delete_profile",
    "detail",
    "discard",
    "imports",
    "mapping",
    "preview",
    "profiles",
    "rejected",
    "retry",
    "review",
    "status",
    "undo",
    "upload",
]
