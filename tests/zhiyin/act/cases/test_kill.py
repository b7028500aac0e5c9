"""A worker killed for good loses no case, doubles none, and tells everybody once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.zhiyin.act.killed import outcome_of


@pytest.mark.slow
def test_killed_again_and_again_every_alert_has_one_case_and_every_clock_one_notice(
    tmp_path: Path,
) -> None:
    found = outcome_of("tests.zhiyin.act.cases.killing", tmp_path)
    assert 0 < found["done_before_the_last"] < found["wanted"], "killed at no work"
    assert (found["waiting"], found["linked"]) == (0, found["alerts"])
    assert found["cases"] == found["opened"] == found["alerts"] // 2
    assert found["numbers"] == list(range(1, found["cases"] + 1))
    assert found["escalated"] == 2 * found["cases"]
    # One notice that the case is somebody's, and one for each clock that ran out.
    assert found["notices"] == 3 * found["cases"]
    assert found["doubled"] == []
