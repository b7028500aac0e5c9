"""Headers of parts and texts put together from them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiyin.channels.sms.concatenation import (
    Place,
    Reassembler,
    concatenation_number,
    header,
    split_header,
)


@given(st.integers(0, 255), st.integers(1, 255), st.data(), st.binary(max_size=134))
def test_header_is_read_back(
    reference: int, total: int, data: st.DataObject, content: bytes
) -> None:
    place = Place(reference, total, data.draw(st.integers(1, total)))
    assert split_header(header(place) + content) == (place, content)


def test_long_reference_and_strange_elements_are_read() -> None:
    octets = bytes([10, 0x24, 1, 0, 8, 4, 0x12, 0x34, 2, 1, 99]) + b"9"
    assert split_header(octets) == (Place(0x1234, 2, 1), b"9")
    assert split_header(bytes([3, 0x24, 1, 7]) + b"9") == (None, b"9")


@pytest.mark.parametrize(
    "octets", [b"", b"\xff9", bytes([5, 0, 3, 1, 2, 0]), bytes([5, 0, 3, 1, 2, 3])]
)
def test_header_that_names_no_part_gives_no_place(octets: bytes) -> None:
    assert split_header(octets)[0] is None


@given(st.binary(max_size=200))
def test_any_octets_are_some_content(octets: bytes) -> None:
    place, content = split_header(octets)
    assert octets.endswith(content)
    assert place is None or 1 <= place.number <= place.total


def test_same_reference_has_the_same_number() -> None:
    assert concatenation_number("wave 1") == concatenation_number("wave 1")
    assert len({concatenation_number(f"message {n}") for n in range(200)}) > 100


@given(st.lists(st.text(max_size=5), min_size=1, max_size=8), st.randoms())
def test_order_and_doubles_of_parts_change_nothing(
    pieces: list[str], random: st.Random
) -> None:
    reassembler = Reassembler()
    order = list(range(len(pieces)))
    random.shuffle(order)
    # All but the last come twice: the last one ends the text.
    coming = [number for one in order[:-1] for number in (one, one)] + order[-1:]
    whole = [
        reassembler.add(
            "1", "2", Place(7, len(pieces), number + 1), pieces[number], now=0
        )
        for number in coming
    ]
    assert whole[:-1] == [None] * (len(coming) - 1)
    assert whole[-1] is not None
    assert (whole[-1].text, whole[-1].is_complete) == ("".join(pieces), True)
    assert reassembler.overdue(now=1e9) == []


def test_senders_and_references_are_not_mixed() -> None:
    reassembler = Reassembler()
    for sender, reference in (("1", 7), ("2", 7), ("1", 8)):
        assert reassembler.add(sender, "0", Place(reference, 2, 1), "a", now=0) is None
    whole = reassembler.add("2", "0", Place(7, 2, 2), "b", now=0)
    assert whole is not None
    assert (whole.sender, whole.text) == ("2", "ab")
    assert len(reassembler.overdue(now=1e9)) == 2


def test_missing_part_is_given_up_once_its_time_is_over() -> None:
    reassembler = Reassembler(patience=10)
    reassembler.add("1", "0", Place(7, 3, 3), "c", now=0)
    reassembler.add("1", "0", Place(7, 3, 1), "a", now=9)
    assert reassembler.overdue(now=10) == []
    (given_up,) = reassembler.overdue(now=10.1)
    assert (given_up.text, given_up.is_complete) == ("ac", False)
    assert reassembler.overdue(now=99) == []


def test_reference_that_comes_round_again_is_another_text() -> None:
    reassembler = Reassembler(patience=10)
    reassembler.add("1", "0", Place(7, 2, 1), "old", now=0)
    assert reassembler.add("1", "0", Place(7, 2, 2), "new", now=11) is None
    (given_up,) = reassembler.overdue(now=11)
    assert given_up.text == "old"


def test_no_more_texts_wait_than_allowed() -> None:
    reassembler = Reassembler(most_waiting=2)
    for number in range(4):
        reassembler.add(str(number), "0", Place(7, 2, 1), "a", now=0)
    assert [one.sender for one in reassembler.overdue(now=0)] == ["0", "1"]
