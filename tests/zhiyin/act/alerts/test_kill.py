"""A worker killed for good loses no alert, notice, case or mail, and doubles none."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.zhiyin.act.killed import KILLS, outcome_of
from tests.zhiyin.channels.mailserver import MailServer


@pytest.mark.slow
def test_killed_again_and_again_every_answer_has_one_alert_notice_case_and_mail(
    tmp_path: Path,
) -> None:
    with MailServer(tmp_path) as server:
        port = str(server.port)
        found = outcome_of("tests.zhiyin.act.alerts.killing", tmp_path, port)
    assert 0 < found["done_before_the_last"] < found["done"], "killed at no work"
    answers = len(found["answers"])
    assert found["alerts"] == found["answers"]
    assert (found["untold"], found["waiting"], found["doubled"]) == (0, 0, [])
    assert found["cases"] == found["linked"] == found["notices"] == answers
    assert found["deliveries"] == {"sent": answers}

    # A mail that was under way when its worker died may have arrived or not: it is
    # said to be uncertain, for a person to see, and is never sent again by itself.
    assert set(found["mails"].values()) <= {"sent", "uncertain"}
    arrived = Counter(
        mail.message["Message-ID"].strip("<>").partition("@")[0]
        for mail in server.mails
    )
    assert max(arrived.values()) == 1
    sent = {name for name, state in found["mails"].items() if state == "sent"}
    assert sent <= set(arrived) <= set(found["mails"])
    assert len(found["mails"]) - len(sent) <= KILLS
    named = Counter(
        url
        for mail in server.mails
        for url in re.findall(r"/act/alerts/\d+/", mail.text)
    )
    assert max(named.values()) == 1, "an alert was told twice"
    if sent == set(found["mails"]):
        assert sorted(named) == found["urls"], "an alert was not told"
