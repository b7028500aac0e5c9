"""Personal data are found by their form and their check digits."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxstats.text import redact, redact_all
from cxstats.text.redaction import is_bank_card, is_id_card

DIGITS = st.integers(0, 9).map(str)
WORDS = st.sampled_from(["", "请回电", "call me ", "号码:", "，", "谢谢", " "])


def luhn(body: str) -> str:
    return next(body + str(d) for d in range(10) if is_bank_card(body + str(d)))


def identity(body: str) -> str:
    return next(body + c for c in "0123456789X" if is_id_card(body + c))


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("打13800138000", "打[mobile]"),
        ("+86 138-0013-8000吧", "[mobile]吧"),
        ("１３８００１３８０００", "[mobile]"),
        ("座机010-62345678转", "座机[landline]转"),
        ("(0755)86013388", "[landline]"),
        ("身份证11010519491231002X。", "身份证[id_card]。"),
        ("卡号6222 0200 0000 0000 000", "卡号[bank_card]"),
        ("邮箱Li.Lei+a@mail.example.com!", "邮箱[email]!"),
        ("车牌京A12345", "车牌[licence_plate]"),
        ("新能源粤B·D12345", "新能源[licence_plate]"),
        ("我住在北京市朝阳区建国路88号3号楼1203室，来修", "我住在[address]，来修"),
        ("地址：人民路12号", "地址：[address]"),
        ("家住幸福小区5栋2单元301", "家住[address]"),
        ("at 221 Baker Street now", "at [address] now"),
    ],
)
def test_personal_data_are_replaced_by_their_kind(text: str, clean: str) -> None:
    assert redact(text).text == clean


@pytest.mark.parametrize(
    "text",
    [
        "打10086没人接",
        "2026年3月1号去了营业厅",
        "订单20260301123456789012345",
        "110105194912310021是错的校验位",
        "卡号6222020000000000001",
        "8号楼信号差",
        "5G网速300M",
        "12800138000",
        "a@b",
        "一号线3号车厢",
        "",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert redact(text).text == text


@given(WORDS, st.sampled_from("3456789"), st.lists(DIGITS, min_size=9, max_size=9))
def test_every_mobile_number_is_found(
    before: str, second: str, rest: list[str]
) -> None:
    number = f"1{second}{''.join(rest)}"
    result = redact(f"{before}{number}。")
    assert result.text == f"{before}[mobile]。"
    assert result.found == {"mobile": 1}


@given(
    st.integers(110000, 659999),
    st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)),
    st.integers(0, 999).map("{:03}".format),
)
def test_every_identity_number_is_found_and_its_neighbour_is_not(
    region: int, born: dt.date, order: str
) -> None:
    day = f"{born:%Y%m%d}"
    body = f"{region}{day}{order}"
    number = identity(body)
    assert redact(f"证{number}号").found == {"id_card": 1}
    wrong = body + ("1" if number[-1] == "0" else "0")
    assert "id_card" not in redact(f"证{wrong}号").found


@given(st.sampled_from("3456"), st.lists(DIGITS, min_size=14, max_size=17))
def test_every_bank_card_is_found(first: str, rest: list[str]) -> None:
    number = luhn(first + "".join(rest))
    found = redact(f"卡 {number} 。").found
    # A card of 18 digits may pass as an identity number: either way it is gone.
    assert sum(found.values()) == 1
    assert found.keys() <= {"bank_card", "id_card"}


@given(st.text(max_size=120))
def test_what_is_not_personal_is_kept_and_twice_is_once(text: str) -> None:
    once = redact(text)
    if not once.found:
        assert once.text == text
    assert redact(once.text).text == once.text


def test_many_texts_are_counted_together() -> None:
    texts, found = redact_all(["打13800138000", None, "或13900139000，a@b.cn", 7])
    assert texts == ["打[mobile]", "", "或[mobile]，[email]", "7"]
    assert found == {"email": 1, "mobile": 2}


@pytest.mark.parametrize("unit", ["138", "路3号", "a@", "a.", "京a1", "1 ", "1 a b "])
def test_a_very_long_text_takes_time_in_proportion(unit: str) -> None:
    long = unit * (200_000 // len(unit))
    assert isinstance(redact(long).text, str)
