"""Many numbers packed small come out as they went in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiyin.common.numbers import pack_numbers, unpack_numbers


@given(st.sets(st.integers(min_value=1, max_value=2**62)))
def test_what_is_packed_comes_out_again(numbers: set[int]):
    count, packed = pack_numbers(sorted(numbers))

    assert count == len(numbers)
    assert list(unpack_numbers(packed)) == sorted(numbers)


def test_a_million_customers_in_a_row_take_little_room():
    count, packed = pack_numbers(range(1, 1_000_001))

    assert count == 1_000_000
    assert len(packed) < 20_000
    assert 1_000_000 in unpack_numbers(packed)


def test_nothing_packed_holds_nothing():
    assert list(unpack_numbers(b"")) == []


def test_numbers_that_fall_are_refused():
    with pytest.raises(ValueError, match="received 1 after 2"):
        pack_numbers([2, 1])
