"""The worker as it is started: alert and case within seconds of the answer."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.databases import copy_migrated

WITHIN = dt.timedelta(seconds=5)


@pytest.mark.slow
def test_alert_and_case_stand_within_five_seconds_of_an_answer_handed_over(
    tmp_path: Path,
) -> None:
    copy_migrated(tmp_path / "home.sqlite3")
    environment = os.environ | {
        "ZHIYIN_HOME": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'home.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "zhiyin.site.settings",
        "ZHIYIN_LOG": "ERROR",
    }
    worker = subprocess.Popen(
        [sys.executable, "-m", "zhiyin.site.cli", "worker", "--quiet"], env=environment
    )
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tests.zhiyin.act.alerts.answering"],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )
    finally:
        worker.terminate()
        worker.wait(timeout=60)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout)
    answered, raised, opened = (
        dt.datetime.fromisoformat(told[name])
        for name in ("answered", "raised", "opened")
    )
    assert answered <= raised <= answered + WITHIN
    assert raised <= opened <= answered + WITHIN
    assert told["alerts"] == told["cases"] == told["answers"] == 2
