"""Numbers, addresses and names inside other words."""

from __future__ import annotations

import pytest

from zhiyin.common.masking import (
    is_personal,
    mask_field,
    mask_json,
    mask_words,
    masked_lines,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("打 139-8765-4321 或 13987654321", "打 139****4321 或 139****4321"),
        ("打 +86 139 8765 4321。", "打 +86****4321。"),
        ("打１３９８７６５４３２１", "打139****4321"),
        ("座机021-62345678转3", "座机021****5678转3"),
        ("证件 11010119900307123X 的", "证件 110****123X 的"),
        ("卡号 6222021234567890123", "卡号 622****0123"),
        ("写信到qian.x@mail.example谢谢", "写信到q***@mail.example谢谢"),
        ("2026-11-22 10:00:00.123456，单号 20261122000012", None),
        ("价格 13.987654321，流量 1399999", None),
        ("", None),
    ],
)
def test_numbers_and_addresses_in_words_are_masked_and_nothing_else(
    text: str, shown: str | None
) -> None:
    assert mask_words(text) == (text if shown is None else shown)
    lines = f"1,2026-11-22T10:00:00Z,好\r\n2,{text},网格 7\r\n"
    told = masked_lines(lines.encode(), mask_words).decode()
    assert told == lines.replace(text, text if shown is None else shown)


def test_a_field_is_masked_by_what_it_is_called() -> None:
    assert mask_field("姓名", "钱小雨") == "钱**"
    assert mask_field("Contact person", "Li Si") == "L****"
    assert mask_field("联系电话", 13987654321) == "139****4321"
    assert mask_field("备注", "电13987654321") == "电139****4321"
    assert mask_field("ARPU", 13987654321) == 13987654321
    assert not is_personal("tariff name")
    assert not is_personal("号码归属地")


def test_json_stays_json_and_its_numbers_stay_numbers() -> None:
    line = '{"number": 13987654321, "text": "\\"电\\" 13987654321\\n"}'
    assert (
        mask_json(line) == '{"number": 13987654321, "text": "\\"电\\" 139****4321\\n"}'
    )
