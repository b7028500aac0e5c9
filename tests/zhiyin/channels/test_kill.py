"""A sending worker killed for good asks nobody twice and forgets nobody."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.databases import copy_migrated
from tests.zhiyin.channels.mailserver import MailServer

MESSAGES, KILLS = 120, 10


@pytest.mark.slow
def test_killed_ten_times_every_message_arrives_once_or_is_said_to_be_uncertain(
    tmp_path: Path,
    mail_server: MailServer,
):
    environment = os.environ | {
        "ZHIYIN_HOME": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'home.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "zhiyin.site.settings",
        "ZHIYIN_LOG": "ERROR",
    }

    def run(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, *words],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    copy_migrated(tmp_path / "home.sqlite3")
    told = run("-m", "tests.zhiyin.channels.killing", str(mail_server.port),
               str(MESSAGES), str(KILLS))  # fmt: skip

    result = json.loads(told)
    states: dict[str, str] = result["states"]
    assert 0 < result["sent_before_the_last"] < MESSAGES, "nobody was killed at work"
    arrived = Counter(
        mail.message["Message-ID"].strip("<>").partition("@")[0]
        for mail in mail_server.mails
    )
    assert len(states) == MESSAGES
    assert max(arrived.values()) == 1, "somebody was asked twice"
    assert set(states.values()) <= {"sent", "uncertain"}
    sent = {reference for reference, state in states.items() if state == "sent"}
    assert sent <= set(arrived), "somebody was forgotten"
    uncertain = len(states) - len(sent)
    assert uncertain <= KILLS, "a kill leaves at most one message open"
    assert set(arrived) <= set(states)
