"""Simultaneous answers on real databases: a SQLite file and a PostgreSQL server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.databases import copy_migrated
from tests.postgresql import migrated_server
from tests.zhiyin.listen.responses.simultaneous import CLICKS

pytestmark = pytest.mark.slow

PROGRAM = Path(__file__).with_name("simultaneous.py")
ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture(params=["sqlite", "postgresql"], scope="module")
def report(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, Any]]:
    """What is in the database after everybody answered at once."""
    home = tmp_path_factory.mktemp("home")
    environment = os.environ | {
        "ZHIYIN_HOME": str(home),
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        "DJANGO_SETTINGS_MODULE": "zhiyin.site.settings",
        "ZHIYIN_ALLOWED_HOSTS": "testserver",
    }
    environment.pop("DATABASE_URL", None)
    with ExitStack() as ending:
        if request.param == "sqlite":
            copy_migrated(home / "zhiyin.sqlite3")
        else:
            environment["DATABASE_URL"] = ending.enter_context(migrated_server())
        done = subprocess.run(
            [sys.executable, str(PROGRAM)],
            env=environment,
            cwd=home,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        yield json.loads(done.stdout)


def test_simultaneous_clicks_on_one_personal_link_make_one_answer(
    report: dict[str, Any],
) -> None:
    assert report["personal_statuses"] == [303] * CLICKS
    assert report["personal_responses"] == 1
    assert report["personal_answers"] == 1


def test_simultaneous_clicks_on_one_public_form_make_one_answer(
    report: dict[str, Any],
) -> None:
    assert report["public_statuses"] == [303] * CLICKS
    assert report["after_one_visit"] == 2


def test_simultaneous_visitors_lose_no_answer_and_no_count(
    report: dict[str, Any],
) -> None:
    assert report["after_many_visits"] == 2 + CLICKS
    assert report["primary_answers"] == 2 + CLICKS
    # Each of the public clicks is counted once for its link and once for its sender.
    assert report["counted"] == 2 * (CLICKS + CLICKS)
