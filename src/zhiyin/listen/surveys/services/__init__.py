"""Writes about surveys: make, edit into the next version, publish, archive."""

from __future__ import annotations

from zhiyin.listen.surveys.services.instruments import (
    CodeTakenError,
    archive_instrument,
    create_instrument,
    create_standard_instrument,
)
from zhiyin.listen.surveys.services.versions import (
    DraftTexts,
    VersionFrozenError,
    VersionIncompleteError,
    discard_draft,
    publish_version,
    save_draft,
    start_draft,
)

__all__ = [
    "CodeTakenError",
    "DraftTexts",
    "VersionFrozenError",
    "VersionIncompleteError",
    "archive_instrument",
    "create_instrument",
    "create_standard_instrument",
    "discard_draft",
    "publish_version",
    "save_draft",
    "start_draft",
]
