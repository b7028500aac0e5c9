"""A worker that asks customers is killed fifty times: nobody is asked twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

from tests.databases import copy_migrated

CUSTOMERS, KILLS = 450, 50


@pytest.mark.slow
def test_killed_fifty_times_nobody_is_asked_twice_and_nobody_is_forgotten(
    tmp_path: Path,
):
    path = tmp_path / "home.sqlite3"
    copy_migrated(path)
    done = subprocess.run(
        [sys.executable, "-m", "tests.zhiyin.journeys.killing", str(CUSTOMERS),
         str(KILLS)],
        env=os.environ | {
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
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]

    result = json.loads(done.stdout)
    assert result["died"] == KILLS
    assert 0 < result["in_time"] < CUSTOMERS, "nobody was killed at work"
    lines = [
        json.loads(line)
        for file in tmp_path.glob("channels/*/messages.jsonl")
        for line in file.read_text("utf-8").splitlines()
    ]
    arrived = Counter(line["to"] for line in lines)
    assert max(arrived.values()) == 1, "somebody was asked twice"
    told = result["told"]
    assert len(told) == result["messages"] == CUSTOMERS
    assert {state for _key, state, _message in told} == {"sent"}, "somebody waits"
    sent = {key for key, _state, message in told if message == "sent"}
    uncertain = {key for key, _state, message in told if message == "uncertain"}
    assert sent | uncertain == {key for key, _state, _message in told}
    assert sent <= set(arrived), "somebody was forgotten"
    assert len(uncertain) <= KILLS, "a kill leaves at most one message open"
