"""Where the lake of an organisation lies."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

ANSWERS_DATASET = "answers"


def lake_folder(organisation_id: int) -> Path:
    """Return the folder of one organisation; nobody else's rows lie in it."""
    return Path(settings.LAKE_ROOT) / str(organisation_id)


def dataset_folder(organisation_id: int) -> Path:
    """Return the folder of the answers, which the paths of a manifest start from."""
    return lake_folder(organisation_id) / ANSWERS_DATASET


def manifest_path(organisation_id: int) -> Path:
    """Return the one file that readers ask what to read."""
    return dataset_folder(organisation_id) / "manifest.json"


def lock_path(organisation_id: int) -> Path:
    """Return the file that whoever writes holds locked."""
    return lake_folder(organisation_id) / "lock"
