"""Runs of workers that are killed, on a database of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.databases import copy_migrated

KILLS = int(os.environ.get("ZHIYIN_KILLS", "6"))


def outcome_of(module: str, home: Path, *arguments: str) -> dict[str, Any]:
    """Run a module that starts and kills workers; return what stands afterwards."""
    path = home / "home.sqlite3"
    copy_migrated(path)
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments, str(KILLS)],
        env=os.environ
        | {
            "ZHIYIN_HOME": str(home),
            "DATABASE_URL": f"sqlite:///{path}",
            "DJANGO_SETTINGS_MODULE": "zhiyin.site.settings",
            "ZHIYIN_LOG": "ERROR",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60 + 10 * KILLS,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found
