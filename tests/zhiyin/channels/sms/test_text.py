"""Encoding, segments, signatures and prices of texts."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiyin.channels.sms import Encoding, PermanentSmsError, compose, gsm
from zhiyin.channels.sms.text import cut, sign, signature_of, strip_signature

# The wordings that must fit one part, and their lengths counted by hand.
STANDARD = [
    (
        (
            "【XX通信】您有多大可能把我们推荐给亲友?请回复0-10的数字(10=非常可能)。"
            "回复免费,拒收请回复R"
        ),
        52,
    ),
    (
        (
            "【XX通信】您对本次宽带安装的推荐意愿是几分?请回复0-10(10=非常愿意)。"
            "回复免费,拒收请回复R"
        ),
        51,
    ),
    (
        (
            "【XX電訊】您有多大可能向親友推薦我們?請回覆0至10(10=極有可能)。"
            "回覆免費,拒收請回覆R"
        ),
        48,
    ),
]


@pytest.mark.parametrize(("text", "characters"), STANDARD)
def test_standard_questions_fit_one_part(text: str, characters: int) -> None:
    composed = compose(text)
    assert (composed.segments, composed.encoding) == (1, Encoding.UCS2)
    assert composed.characters == characters


@pytest.mark.parametrize(
    ("text", "encoding", "segments"),
    [
        ("满" * 70, Encoding.UCS2, 1),
        ("满" * 71, Encoding.UCS2, 2),
        ("满" * 134, Encoding.UCS2, 2),
        ("满" * 135, Encoding.UCS2, 3),
        ("a" * 160, Encoding.GSM7, 1),
        ("a" * 161, Encoding.GSM7, 2),
        ("a" * 306, Encoding.GSM7, 2),
        ("a" * 307, Encoding.GSM7, 3),
        ("€" * 80, Encoding.GSM7, 1),
        ("€" * 81, Encoding.GSM7, 2),
        ("a" * 159 + "满", Encoding.UCS2, 3),
        ("😀" * 35, Encoding.UCS2, 1),
        ("😀" * 36, Encoding.UCS2, 2),
        ("😀" * 67, Encoding.UCS2, 3),
    ],
)
def test_segments_are_counted_as_the_operator_bills_them(
    text: str, encoding: Encoding, segments: int
) -> None:
    composed = compose(text)
    assert (composed.encoding, composed.segments) == (encoding, segments)
    assert composed.price(Decimal("0.045")) == Decimal("0.045") * segments


@given(st.text(min_size=1, max_size=700))
def test_parts_fit_and_give_the_text_back(text: str) -> None:
    parts = cut(text)
    assert "".join(parts) == text
    for part in parts:
        octets = (
            gsm.encode(part)
            if gsm.is_gsm(text)
            else part.encode("utf-16-be", "surrogatepass")
        )
        most = 160 if gsm.is_gsm(text) else 140
        assert len(octets) + (6 if len(parts) > 1 else 0) <= most


@given(st.text(alphabet=list(gsm.OCTETS), max_size=200))
def test_gsm_alphabet_gives_the_text_back(text: str) -> None:
    assert gsm.is_gsm(text)
    assert gsm.decode(gsm.encode(text)) == text


@given(st.binary(max_size=200))
def test_any_octets_are_some_gsm_text(octets: bytes) -> None:
    assert len(gsm.decode(octets)) <= len(octets)


def test_gsm_codes_are_those_of_the_standard() -> None:
    assert gsm.encode("@£$ΔÄà€[~]") == (
        b"\x00\x01\x02\x10\x5b\x7f\x1b\x65\x1b\x3c\x1b\x3d\x1b\x3e"
    )


def test_signature_goes_before_the_text_and_is_counted() -> None:
    composed = compose("请回复0-10", signature="华星通信")
    assert composed.text == "【华星通信】请回复0-10"
    assert composed.characters == 13
    assert compose("满" * 65, signature="华星通信").segments == 2


def test_signature_that_stands_there_is_not_put_twice() -> None:
    for text in ("【华星】您好", "您好【华星】", " 【华星】您好"):
        assert sign(text, "华星") == text
    assert sign("您好", "【华星】") == "【华星】您好"
    assert signature_of("您好") == ""


def test_other_signature_and_no_signature_are_refused() -> None:
    with pytest.raises(PermanentSmsError, match="remove one"):
        compose("【北辰】您好", signature="华星")
    for wrong in ("【】", " ", "长" * 21, "华【星"):
        with pytest.raises(PermanentSmsError, match="not a signature"):
            compose("您好", signature=wrong)


def test_signature_that_the_gateway_adds_is_billed_and_not_sent() -> None:
    text = "满" * 66
    composed = compose(text, signature="华星通信", gateway_adds_signature=True)
    assert (composed.text, composed.segments) == (text, 2)
    assert compose("ok", signature="华星", gateway_adds_signature=True).encoding is (
        Encoding.UCS2
    )
    assert strip_signature("您好【华星】") == "您好"


def test_empty_and_endless_texts_are_refused() -> None:
    with pytest.raises(PermanentSmsError, match="empty"):
        compose(" \n")
    with pytest.raises(PermanentSmsError, match="needs 3 parts; at most 2"):
        compose("满" * 135, most_parts=2)


def test_letters_that_ascii_lacks_go_as_ucs2_where_only_ascii_is_narrow() -> None:
    assert compose("é" * 71, is_ascii_only=True).segments == 2
    assert compose("é" * 71).segments == 1
