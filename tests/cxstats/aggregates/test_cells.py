from __future__ import annotations

import pyarrow as pa
import pytest

from cxstats.aggregates import ScaleCoding, ScoreCells, encode_rows
from cxstats.errors import InputError
from cxstats.scales import NPS_0_10, SCALE_1_10
from cxstats.weighting.design import linearise

CODING = ScaleCoding(NPS_0_10, missing=("BLANK",))


def cells(table: dict[str, list[object]], by: tuple[str, ...] = ()) -> ScoreCells:
    return ScoreCells.from_histogram(pa.table(table), by=by, coding=CODING)


def test_nothing_is_dropped_and_every_exclusion_is_counted() -> None:
    found = cells({"score": ["9", "BLANK", None, "11", "x"], "n": [5, 4, 3, 2, 1]})
    assert found.excluded == {
        "blank": 3,
        "missing_code": 4,
        "not_a_number": 1,
        "out_of_range": 2,
    }
    assert found.values() == {9.0: 5}
    assert found.values("out_of_range") == {11.0: 2}
    assert found.numbers("n").sum() == 15


def test_rows_without_a_usable_weight_leave_the_design() -> None:
    found = cells(
        {
            "score": [9, 3, None],
            "n": [5, 4, 2],
            "n_weighted": [3, 4, 1],
            "w": [6.0, 8.0, 1.5],
            "w2": [12.0, 16.0, 2.25],
        }
    )
    assert found.is_weighted
    assert found.excluded == {"blank": 2, "no_weight": 2}
    valid = found.is_valid
    assert found.numbers("w")[valid].sum() == 14
    assert found.numbers("w").sum() == 15.5


def test_blank_rows_without_a_weight_are_not_counted_as_sampled() -> None:
    answers = {"score": [9, 3, None], "stratum": ["a", "a", "a"], "n": [50, 40, 12]}
    weights = {"w": [50.0, 40.0, 2.0], "w2": [50.0, 40.0, 2.0]}
    found = cells({**answers, "n_weighted": [50, 40, 2], **weights})
    assert found.excluded == {"blank": 12}
    in_design = found.numbers("w") > 0
    assert found.numbers("n")[in_design].sum() == 92
    means = linearise(found, found.numbers("score"), {"a": 92})
    assert means.variance[0] == pytest.approx(0, abs=1e-12)


def test_rows_without_a_place_in_the_design_are_counted_and_lose_their_weight() -> None:
    found = cells(
        {
            "stratum": ["a", None, "a"],
            "cluster": ["1", "1", None],
            "score": [9, 9, 3],
            "n": [5, 4, 3],
        }
    )
    assert found.excluded == {"no_stratum": 4, "no_cluster": 3}
    assert found.numbers("w").sum() == 5


def test_groups_are_sorted_with_missing_keys_last() -> None:
    found = cells(
        {
            "region": ["b", None, "a", "a"],
            "year": [2, 1, 2, 1],
            "score": [9, 9, 9, 9],
            "n": [1, 1, 1, 1],
        },
        by=("region", "year"),
    )
    assert found.groups == (("a", 1), ("a", 2), ("b", 2), (None, 1))


def test_dictionary_columns_group_like_plain_ones() -> None:
    region = pa.array(["a", "b", "a"]).dictionary_encode()
    table = pa.table({"region": region, "score": [9, 9, 2], "n": [1, 2, 3]})
    found = ScoreCells.from_histogram(table, by=("region",), coding=CODING)
    assert found.groups == (("a",), ("b",))


def test_rollup_drops_columns_and_keeps_counts() -> None:
    table = {"r": ["a", "b"], "y": [1, 1], "score": [9, 9], "n": [4, 5]}
    found = cells(table, by=("r", "y")).rollup(("y",))
    assert found.groups == ((1,),)
    assert found.values() == {9.0: 9}
    with pytest.raises(InputError, match="cannot group by"):
        found.rollup(("r",))


def test_cells_of_different_questions_do_not_add_up() -> None:
    one = cells({"score": [9], "n": [1]})
    other = ScoreCells.from_histogram(
        pa.table({"score": [9], "n": [1]}), by=(), coding=ScaleCoding(SCALE_1_10)
    )
    with pytest.raises(InputError, match="same"):
        one + other


def test_rows_without_columns_are_one_group_even_when_empty() -> None:
    empty = cells({"score": [], "n": []})
    assert empty.groups == ((),)
    assert encode_rows(pa.table({"x": pa.array([], pa.string())}))[1] == ()
