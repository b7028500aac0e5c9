from __future__ import annotations

import pytest

from zhiyin.common.spreadsheets import harmless_cell


@pytest.mark.parametrize(
    "cell", ["=1+1", "+SUM(A1)", "-cmd|' /C calc'!A0", "@x", "\t=1", "  =1", "\r=1"]
)
def test_text_that_a_spreadsheet_would_run_is_quoted(cell: str):
    assert harmless_cell(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-5", "+3.5", "-1e3", "信号=差", "", 7, None, -2.5])
def test_numbers_and_plain_text_stay_as_they_are(cell: object):
    assert harmless_cell(cell) == cell
