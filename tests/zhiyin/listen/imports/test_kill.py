"""A worker killed for good in the middle of an import loses and doubles nothing."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.databases import copy_migrated

pytestmark = pytest.mark.slow

ROWS = 16_000
KILLS = 3
SEPARATE = "import django; django.setup(); from zhiyin.listen.imports import services;"
FOUND = (
    "import django; django.setup(); from zhiyin.accounts.models import Organisation;"
    "Organisation.objects.create(code='o', name='O', brand='O')"
)
FINISH = f"{SEPARATE} exec('while services.run_some(): pass')"


class Home:
    """An installation of its own with a database file."""

    def __init__(self, folder: Path) -> None:
        self.database = folder / "home.sqlite3"
        self.environment = os.environ | {
            "ZHIYIN_HOME": str(folder),
            "DATABASE_URL": f"sqlite:///{self.database}",
            "DJANGO_SETTINGS_MODULE": "zhiyin.site.settings",
        }

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, *words],
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, statement: str) -> Any:
        connection = sqlite3.connect(self.database, timeout=30)
        try:
            row = connection.execute(statement).fetchone()
            connection.commit()
        finally:
            connection.close()
        return row and row[0]

    def wait_for(self, rows: int, process: subprocess.Popen[str]) -> None:
        """Wait until an import has read so many rows."""
        until = time.monotonic() + 120
        while (self.ask("select max(rows_read) from imports_import") or 0) < rows:
            assert process.poll() is None, "it ended before it could be killed"
            assert time.monotonic() < until
            time.sleep(0.02)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path)
    copy_migrated(made.database)
    assert made.start("-c", FOUND).wait(timeout=120) == 0
    return made


def test_killed_three_times_the_import_is_whole(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    scores = (n % 11 if n % 100 else "bad" for n in range(ROWS))
    path.write_text("nps\n" + "".join(f"{score}\n" for score in scores))
    work = ["-m", "django", "import_file", str(path), "--date", "2026-05-01"]
    for kill in range(1, KILLS + 1):
        process = home.start(*work)
        home.wait_for(kill * 4000, process)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        # Nobody waits a minute in a test for the claim to grow stale.
        home.ask("update imports_import set heartbeat_at = '2026-01-01 00:00:00'")
        work = ["-c", FINISH]
    assert home.start("-c", FINISH).wait(timeout=240) == 0
    assert home.ask("select status from imports_import") == "done"
    assert home.ask("select rows_read from imports_import") == ROWS
    rejected = ROWS // 100
    assert home.ask("select rows_rejected from imports_import") == rejected
    assert home.ask("select rows_accepted from imports_import") == ROWS - rejected
    assert home.ask("select count(*) from responses_response") == ROWS - rejected
    assert home.ask("select count(*) from responses_answer") == ROWS - rejected
    (log,) = (tmp_path / "files" / "imports").glob("rejected-*.jsonl")
    lines = [json.loads(line)["line"] for line in log.read_text().splitlines()]
    assert lines == [2 + n for n in range(0, ROWS, 100)]
