"""Exact division of ordered bins: the best of all, whatever the bins."""

from __future__ import annotations

from itertools import chain, combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxstats.errors import InputError
from cxstats.segmentation import MOST_BINS, segment


def moments(values: list[list[float]]) -> tuple[list[float], list[float], list[float]]:
    return (
        [float(len(v)) for v in values],
        [float(sum(v)) for v in values],
        [float(sum(x * x for x in v)) for v in values],
    )


def error(values: list[list[float]], breaks: tuple[int, ...]) -> float:
    ends = (0, *breaks, len(values))
    parts = [np.array([*chain(*values[a:b])]) for a, b in pairwise(ends)]
    return float(sum(((part - part.mean()) ** 2).sum() for part in parts))


bins_of_scores = st.lists(
    st.lists(st.integers(0, 10).map(float), min_size=1, max_size=4),
    min_size=3,
    max_size=7,
)


@given(bins_of_scores)
def test_no_other_division_leaves_less_error(values: list[list[float]]) -> None:
    found = segment(*moments(values), most_breaks=2)
    for count in (0, 1, 2):
        every = combinations(range(1, len(values)), count)
        least = min(error(values, breaks) for breaks in every)
        assert found.rss[count] == pytest.approx(least, abs=1e-9)
        assert error(values, found.breaks[count]) == pytest.approx(least, abs=1e-9)


@given(bins_of_scores, st.floats(-1e6, 1e6))
def test_a_shift_of_all_values_moves_no_break(
    values: list[list[float]], shift: float
) -> None:
    n, s, q = (np.array(column) for column in moments(values))
    moved = segment(n, s + n * shift, q + 2 * shift * s + n * shift**2, most_breaks=2)
    assert moved.rss == pytest.approx(
        segment(n, s, q, most_breaks=2).rss, abs=1e-3 + 1e-13 * shift**2
    )


def test_segments_keep_their_least_size() -> None:
    values = [[9.0] * 10, [0.0], *[[9.0] * 10] * 3]
    assert segment(*moments(values), most_breaks=2).breaks[2] == (1, 2)
    sized = segment(*moments(values), most_breaks=3, min_size=11)
    assert all(
        sum(len(values[at]) for at in range(first, last)) >= 11
        for first, last in sized.spans(len(sized.breaks) - 1)
    )
    shared = segment(*moments(values), most_breaks=3, min_share=0.6)
    assert len(shared.breaks) == 1


def test_empty_bins_and_a_constant_are_no_trouble() -> None:
    found = segment([5, 0, 5], [25, 0, 25], [125, 0, 125], most_breaks=1)
    assert found.best == 0
    assert found.rss.tolist() == [0, 0]


def test_what_cannot_be_divided_is_refused() -> None:
    with pytest.raises(InputError, match="received 2, 1 and 1"):
        segment([1, 1], [1], [1], most_breaks=1)
    with pytest.raises(InputError, match="not finite"):
        segment([1], [np.nan], [1], most_breaks=1)
    with pytest.raises(InputError, match="must not be negative"):
        segment([0], [0], [0], most_breaks=1)
    with pytest.raises(InputError, match="put neighbouring bins together"):
        segment(*[np.ones(MOST_BINS + 1)] * 3, most_breaks=1)
    with pytest.raises(InputError, match="0 or more"):
        segment([1], [1], [1], most_breaks=-1)
