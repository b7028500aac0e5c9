"""A worker killed for good loses no case, doubles none, and tells everybody once."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

KILLS = int(os.environ.get("ZHIYIN_KILLS", "6"))


@pytest.mark.slow
@pytest.mark.django_db
def test_killed_again_and_again_every_alert_has_one_case_and_every_clock_one_notice(
    tmp_path: Path,
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("copies the empty database of the tests, which SQLite can")
    home = tmp_path / "home.sqlite3"
    with closing(sqlite3.connect(home)) as copy:
        connection.ensure_connection()
        copy.executescript("\n".join(connection.connection.iterdump()))
    done = subprocess.run(
        [sys.executable, "-m", "tests.zhiyin.act.cases.killing", str(KILLS)],
        env=os.environ
        | {
            "ZHIYIN_HOME": str(tmp_path),
            "DATABASE_URL": f"sqlite:///{home}",
            "DJANGO_SETTINGS_MODULE": "zhiyin.site.settings",
            "ZHIYIN_LOG": "ERROR",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60 + 10 * KILLS,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert 0 < found["done_before_the_last"] < found["wanted"], "killed at no work"
    assert (found["waiting"], found["linked"]) == (0, found["alerts"])
    assert found["cases"] == found["opened"] == found["alerts"] // 2
    assert found["numbers"] == list(range(1, found["cases"] + 1))
    assert found["escalated"] == 2 * found["cases"]
    # One notice that the case is somebody's, and one for each clock that ran out.
    assert found["notices"] == 3 * found["cases"]
    assert found["doubled"] == []
