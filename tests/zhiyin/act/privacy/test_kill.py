"""A worker that erases is killed again and again: the erasure ends all the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from tests.databases import copy_migrated


def test_an_erasure_that_is_killed_at_any_statement_is_taken_up_and_leaves_no_byte(
    tmp_path: Path,
) -> None:
    path = tmp_path / "home.sqlite3"
    copy_migrated(path)
    done = subprocess.run(
        [sys.executable, "-m", "tests.zhiyin.act.privacy.killing"],
        env=os.environ
        | {
            "ZHIYIN_HOME": str(tmp_path),
            "ZHIYIN_FIELD_KEY": settings.FIELD_KEY,
            "DATABASE_URL": f"sqlite:///{path}",
            "DJANGO_SETTINGS_MODULE": "zhiyin.site.settings",
            "ZHIYIN_LOG": "ERROR",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]

    result = json.loads(done.stdout)
    assert any(name.startswith("home.sqlite3") for name in result["before"])
    assert result["died"] >= 5, "nobody was killed at work"
    assert (result["state"], result["leftovers"]) == ("done", {})
    assert result["after"] == []
