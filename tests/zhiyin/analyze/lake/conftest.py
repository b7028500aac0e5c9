"""A lake of its own for every test."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.zhiyin.analyze.lake.scenario import Survey, make_survey
from zhiyin.accounts.models import Organisation

# The same tests run on SQLite and, started by test_postgresql, on PostgreSQL; what
# only one of the two can show is collected there alone.
ON_POSTGRESQL = os.environ.get("DATABASE_URL", "").startswith("postgres")
collect_ignore = (
    ["test_postgresql.py", "test_kills.py"]
    if ON_POSTGRESQL
    else ["test_late_commits.py"]
)


@pytest.fixture(autouse=True)
def lake_root(settings: Any, tmp_path: Path) -> Path:
    settings.LAKE_ROOT = tmp_path / "lake"
    return settings.LAKE_ROOT


@pytest.fixture
def survey(organisation: Organisation) -> Survey:
    return make_survey(organisation)
