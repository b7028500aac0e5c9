"""Whatever moment a sync is killed at, the lake is readable and nothing is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.databases import copy_migrated

START = (
    "import django; django.setup(); "
    "from tests.zhiyin.analyze.lake.rounds import main; main()"
)
ROOT = Path(__file__).resolve().parents[4]


def rounds(home: Path, mode: str, count: int, **environment: str) -> dict[str, Any]:
    """Run rounds in processes of their own, on an SQLite file unless told otherwise."""
    inherited = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    inherited |= {
        "ZHIYIN_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "zhiyin.site.settings",
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
    }
    if "DATABASE_URL" not in environment:
        copy_migrated(home / "zhiyin.sqlite3")
    seed = int.from_bytes(os.urandom(4))
    done = subprocess.run(
        [sys.executable, "-c", START, mode,
         str(count), str(seed)],
        cwd=ROOT, env=inherited | environment, capture_output=True, text=True,
        timeout=900, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"seed {seed}: {done.stderr[-3000:]}"
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


@pytest.mark.slow
def test_fifty_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    result = rounds(tmp_path, "kills", 50)
    assert result["killed"] >= 50
    assert result["read_well"], "a reader met a file that was not what it should be"


@pytest.mark.slow
def test_kill_before_and_after_each_flush_to_the_disk(tmp_path: Path) -> None:
    result = rounds(tmp_path, "steps", 12)
    assert result["killed"] == 12
    assert result["read_well"]


@pytest.mark.slow
def test_three_syncs_at_once_and_an_edit_lose_nothing(tmp_path: Path) -> None:
    assert rounds(tmp_path, "race", 6)["read_well"]
