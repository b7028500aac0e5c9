"""A lake of its own for every test, and an operator with answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.zhiyin.analyze.dashboards.world import World
from zhiyin.accounts.models import Organisation


@pytest.fixture(autouse=True)
def lake_root(settings: Any, tmp_path: Path) -> Path:
    settings.LAKE_ROOT = tmp_path / "lake"
    return settings.LAKE_ROOT


@pytest.fixture
def world(organisation: Organisation) -> World:
    return World(organisation).prepare()
