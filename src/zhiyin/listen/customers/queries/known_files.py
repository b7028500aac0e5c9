"""The manifest of what is known: which files hold which fields as of which date."""

from __future__ import annotations

import datetime as dt
import json
import logging
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

logger = logging.getLogger(__name__)

ID_COLUMN = "customer_id"
FORMAT = 1


@dataclass(frozen=True)
class KnownFile:
    """One Parquet file, its rows in the order of customer ids.

    `part` names who brought it, such as `import:12`; of two parts that know the same
    field as of the same date, the one with the higher `sequence` was told later.
    `columns` maps codes of fields to their kinds.
    """

    path: str
    as_of: str
    part: str
    sequence: int
    rows: int
    low: int
    high: int
    columns: dict[str, str]

    @property
    def date(self) -> dt.date:
        """Return the date as of which the values hold."""
        return dt.date.fromisoformat(self.as_of)


@dataclass(frozen=True)
class KnownManifest:
    """Every file that counts; what it does not list does not exist for readers."""

    files: tuple[KnownFile, ...] = ()
    sequence: int = 0
    format: int = field(default=FORMAT)

    def to_json(self) -> str:
        """Write the manifest."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)

    @staticmethod
    def from_json(text: str) -> KnownManifest:
        """Read what `to_json` wrote."""
        data: dict[str, Any] = json.loads(text)
        files = tuple(KnownFile(**each) for each in data.pop("files"))
        return KnownManifest(files=files, **data)


def known_folder(organisation_id: int) -> Path:
    """Return the folder of one organisation; nobody else's rows lie in it."""
    return Path(settings.MEDIA_ROOT) / "customers" / str(organisation_id)


def manifest_path(organisation_id: int) -> Path:
    """Return the one file that readers ask what to read."""
    return known_folder(organisation_id) / "manifest.json"


def read_known_manifest(organisation_id: int) -> KnownManifest:
    """Return what is published; an empty manifest before the first time."""
    try:
        text = manifest_path(organisation_id).read_text(encoding="utf-8")
    except FileNotFoundError:
        return KnownManifest()
    return KnownManifest.from_json(text)
