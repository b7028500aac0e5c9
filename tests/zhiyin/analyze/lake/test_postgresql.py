"""The same lake from a real PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgresql import MIGRATED, TEMPLATE, migrated_server
from tests.zhiyin.analyze.lake.test_kills import ROOT, rounds


@pytest.fixture
def database_url() -> Iterator[str]:
    with migrated_server() as address:
        yield address


@pytest.mark.slow
def test_every_quick_test_of_the_lake_passes_on_postgresql(database_url: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", str(Path(__file__).parent), "-q",
         "-m", "not slow", "-p", "no:cacheprovider"],
        cwd=ROOT, env=os.environ | {"DATABASE_URL": database_url, TEMPLATE: MIGRATED},
        capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-5000:]
    closing = done.stdout.splitlines()[-1]
    assert " passed" in closing, closing
    assert "skipped" not in closing, closing


@pytest.mark.slow
def test_kills_lose_and_double_nothing_on_postgresql(
    database_url: str, tmp_path: Path
) -> None:
    result = rounds(tmp_path, "kills", 10, DATABASE_URL=database_url)
    assert result["killed"] >= 10
    assert result["read_well"]
