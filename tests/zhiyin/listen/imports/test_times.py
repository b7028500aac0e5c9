"""Times in many dresses, and what cannot be told is refused."""

from __future__ import annotations

import pytest

from tests.zhiyin.listen.imports.conftest import Desk, total
from zhiyin.listen.imports.models import ColumnRule
from zhiyin.listen.imports.services.cells import Fault
from zhiyin.listen.imports.services.times import TimeReader
from zhiyin.listen.responses.models import Response

SAME_DAY = [
    "2026-05-31",
    "2026/5/31",
    "2026年5月31日",
    "20260531",
    "31 May 2026",
    "31/05/2026",
    "2026-05-31T00:00:00+08:00",
    "46173",
]


def read(text: str, order: str = "", zone: str = "Asia/Shanghai") -> object:
    rule = ColumnRule(name="time")
    return TimeReader(rule, order, zone).cells[text]


@pytest.mark.parametrize("text", SAME_DAY)
def test_form_of_a_date_is_recognised(text: str) -> None:
    assert str(read(text)) == "2026-05-30 16:00:00+00:00"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "time_blank"),
        ("yesterday", "not_a_time"),
        ("2026-02-30", "not_a_time"),
        ("03/04/2026", "date_ambiguous"),
        ("1899-12-31", "time_out_of_range"),
    ],
)
def test_what_is_no_time_is_a_fault(text: str, reason: str) -> None:
    fault = read(text)
    assert isinstance(fault, Fault)
    assert fault.reason == reason


def test_order_and_zone_decide() -> None:
    assert str(read("03/04/2026", "dmy"))[:10] == "2026-04-02"
    assert str(read("03/04/2026", "mdy"))[:10] == "2026-03-03"
    assert str(read("2026-05-01 23:30", zone="UTC")) == "2026-05-01 23:30:00+00:00"


def test_column_of_six_formats_is_imported_and_the_unclear_row_named(
    desk: Desk,
) -> None:
    dates = [*SAME_DAY[:6], "soon", "05/06/2026"]
    told = "date,nps\n" + "".join(f"{d},{n}\n" for n, d in enumerate(dates))
    batch = desk.run(("six.csv", told), **{"role-0": "time", "date_order": ""})
    assert batch.tally["rejected"] == {"not_a_time": 1, "date_ambiguous": 1}
    assert total(batch) == batch.rows_read == 8
    page = desk.page(batch, "")
    assert "soon" in page
    moments = {r.responded_at.isoformat() for r in Response.objects.all()}
    assert moments == {"2026-05-30T16:00:00+00:00"}
