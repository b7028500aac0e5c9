"""The manifest: the list of files that are the lake, swapped as a whole."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from zhiyin.analyze.lake.queries.places import ANSWERS_DATASET, manifest_path

logger = logging.getLogger(__name__)

FORMAT = 2
"""Raised when rows are written differently; a lake of another format is rebuilt."""


@dataclass(frozen=True)
class DataFile:
    """One immutable Parquet file; `path` is relative to the dataset's folder.

    `attributes` maps the codes of its attribute columns to their kinds;
    `unregistered` names what its rows carry but nobody had registered yet.
    """

    path: str
    month: str
    rows: int
    size: int
    sha256: str
    response_low: int
    response_high: int
    revision_low: int
    revision_high: int
    attributes: dict[str, str]
    unregistered: tuple[str, ...] = ()


@dataclass(frozen=True)
class RetiredFile:
    """A file that an earlier version listed and a query may still be reading.

    Erasures up to revision `clean_until` are not in it any more.
    """

    path: str
    retired_at: float
    clean_until: int


@dataclass(frozen=True)
class Manifest:
    """One version of the lake: every file, and how far the source was read."""

    organisation_id: int
    generation: int
    version: str
    vendor: str
    horizon: str
    revision: int
    synced_at: str
    attributes: dict[str, str]
    files: tuple[DataFile, ...] = ()
    retired: tuple[RetiredFile, ...] = ()
    dataset: str = ANSWERS_DATASET
    format: int = FORMAT
    written_by: str = ""

    def in_months(self) -> dict[str, list[DataFile]]:
        """Return the files of each month."""
        months: dict[str, list[DataFile]] = {}
        for file in sorted(self.files, key=lambda file: (file.month, file.path)):
            months.setdefault(file.month, []).append(file)
        return months

    @property
    def rows(self) -> int:
        """Return how many answers the lake holds."""
        return sum(file.rows for file in self.files)

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the attribute columns that at least one file has."""
        found = {code for file in self.files for code in file.attributes}
        return tuple(f"a_{code}" for code in self.attributes if code in found)

    def to_json(self) -> str:
        """Write the manifest."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)

    @staticmethod
    def from_json(text: str) -> Manifest:
        """Read a manifest of this format, or the bare head of any other one."""
        data: dict[str, Any] = json.loads(text)
        if data["format"] != FORMAT:
            known = ("organisation_id", "generation", "version", "vendor", "horizon")
            head = {name: data[name] for name in known}
            return Manifest(
                **head, revision=0, synced_at="", attributes={}, format=data["format"]
            )
        manifest = Manifest(**data)
        return replace(
            manifest,
            files=tuple(
                DataFile(**{**file, "unregistered": tuple(file["unregistered"])})
                for file in data["files"]
            ),
            retired=tuple(RetiredFile(**file) for file in data["retired"]),
        )


def read_manifest(organisation_id: int) -> Manifest | None:
    """Return the published manifest, or None before the first one.

    One that cannot be read counts as none, so that the next sync builds the lake
    anew; a killed writer never leaves such a file, but a failing disk may.
    """
    path: Path = manifest_path(organisation_id)
    try:
        return Manifest.from_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        logger.exception("the manifest %s cannot be read", path)
        return None
