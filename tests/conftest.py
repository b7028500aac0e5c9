"""Fixtures that every test may use: where the reference numbers and real data lie."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.databases import load_migrated, note_standing
from tests.postgresql import TEMPLATE

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
) -> None:
    """Copy the migrated database instead of migrating in every test process."""
    migrate = connection.creation.create_test_db
    connection.settings_dict["TEST"]["TEMPLATE"] = os.environ.get(TEMPLATE)

    def create(**asked: Any) -> str:
        is_file = connection.vendor == "sqlite"
        name = load_migrated() if is_file else migrate(**asked)
        note_standing()
        return name

    connection.creation.create_test_db = create


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the slow tests, so that all processes of a run end together."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """Folder with `reference/` and `data/`, beside the project."""
    folder = Path(os.environ.get("ZHIYIN_SHARED", ROOT.parent / "shared"))
    if not (folder / "reference").is_dir():
        pytest.skip(f"no reference folder at {folder}; set ZHIYIN_SHARED")
    return folder


@pytest.fixture(scope="session")
def reference(shared_dir: Path) -> dict[str, Any]:
    """Reference numbers computed with R and named peers, by group."""
    path = shared_dir / "reference" / "reference.json"
    groups: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return {name: group["data"] for name, group in groups.items()}


@pytest.fixture(scope="session")
def reference_dir(shared_dir: Path) -> Path:
    """Folder of the reference numbers' CSV fixtures."""
    return shared_dir / "reference"


@pytest.fixture(scope="session")
def real_data_dir() -> Path:
    """Folder of the real data sets (never copied into the project)."""
    folder = Path(os.environ.get("ZHIYIN_REAL_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}; set ZHIYIN_REAL_DATA")
    return folder
